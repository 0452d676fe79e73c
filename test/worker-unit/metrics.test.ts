import { describe, expect, test } from "vitest";
import { Counter, exposition, Gauge, Histogram } from "../../worker/exposition.ts";
import { countBegin, countEnd, metricsText, observeInputLengths } from "../../worker/metrics.ts";
import { endOf } from "../../worker/observe/request-end.ts";
import { parseExposition } from "./prometheus-parser.ts";

describe("the exposition", () => {
  test("is, to the letter, what the format's description has", () => {
    const requests = new Counter("http_requests_total", "The total number of HTTP requests.");
    requests.add({ method: "post", code: "200" }, 1027);
    requests.add({ method: "post", code: "400" });
    requests.add({ method: "post", code: "400" }, 2);
    const duration = new Histogram("duration_seconds", "Durations.", [0.05, 0.5]);
    for (const seconds of [0.05, 0.25, 0.25, 8]) duration.observe(seconds);
    const size = new Gauge("queue_size", "Requests.", () => 7);
    const loaded = new Gauge("loaded", "Models.", () => [
      [{ model: "a" }, 1],
      [{ model: "b" }, 0],
    ]);
    expect(exposition([requests, duration, size, loaded])).toBe(
      `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027
http_requests_total{method="post",code="400"} 3
# HELP duration_seconds Durations.
# TYPE duration_seconds histogram
duration_seconds_bucket{le="0.05"} 1
duration_seconds_bucket{le="0.5"} 3
duration_seconds_bucket{le="+Inf"} 4
duration_seconds_sum 8.55
duration_seconds_count 4
# HELP queue_size Requests.
# TYPE queue_size gauge
queue_size 7
# HELP loaded Models.
# TYPE loaded gauge
loaded{model="a"} 1
loaded{model="b"} 0
`,
    );
  });

  test("escapes values of labels and help", () => {
    const counter = new Counter("a", "a\\b\nc");
    const value = 'quote " backslash \\ line\nend, brace } and \\n';
    counter.add({ value });
    const family = parseExposition(exposition([counter])).get("a");
    expect(family?.help).toBe("a\\b\nc");
    expect(family?.samples).toEqual([{ name: "a", labels: { value }, value: 1 }]);
  });

  test("of a histogram without values has all buckets at 0", () => {
    const { samples } = parseExposition(exposition([new Histogram("h", "h", [1, 2])])).get("h")!;
    expect(samples.map(({ value }) => value)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("the strict reader refuses", () => {
  const HEAD = "# HELP h h\n# TYPE h histogram\n";
  test.each([
    ["no end of line", "# HELP a a\n# TYPE a counter\na 1"],
    ["a sample before its type", "a 1\n"],
    ["a type without help", "# TYPE a counter\na 1\n"],
    ["a help twice", "# HELP a a\n# TYPE a counter\n# HELP a a\n# TYPE a counter\n"],
    ["a sample twice", "# HELP a a\n# TYPE a counter\na 1\na 2\n"],
    ["a label that is not escaped", '# HELP a a\n# TYPE a counter\na{b="c"d"} 1\n'],
    ["NaN", "# HELP a a\n# TYPE a counter\na NaN\n"],
    [
      "a bucket that falls",
      `${HEAD}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`,
    ],
    ["a count that differs", `${HEAD}h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n`],
    ["no +Inf", `${HEAD}h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n`],
  ])("%s", (_, text) => {
    expect(() => parseExposition(text)).toThrow();
  });
});

test("this service's metrics are well-formed and count what happened", () => {
  const valueOf = (name: string, labels: Record<string, string> = {}): number => {
    const families = parseExposition(metricsText());
    const samples = [...families.values()].flatMap((family) => family.samples);
    const found = samples.find(
      (sample) => sample.name === name && JSON.stringify(sample.labels) === JSON.stringify(labels),
    );
    return found?.value ?? 0;
  };
  const provenance = {
    servedBy: "edge",
    reason: "small",
    cache: { hit: 7, miss: 3 },
  } as const;
  const times = { queueMs: 20, tokenizationMs: 2, inferenceMs: 80, totalMs: 102 };
  const trace = { traceId: "1".repeat(32), flags: "00" };
  const frame = { requestId: "r", method: "POST", totalMs: 110 };
  const predict = { ...frame, route: "/predict" };
  for (let request = 0; request < 4; request++) countBegin(Date.now() - 5_000);
  const outcome = { tokens: 512, cuts: 1, provenance };
  countEnd(endOf({ ...predict, status: 200 }, { trace, scoring: "single", outcome, times }));
  countEnd(endOf({ ...predict, status: 413 }, { trace, scoring: "batch", code: "over_limit" }));
  countEnd(endOf({ ...frame, route: "other", status: 404 }, { trace, code: "unknown_path" }));
  observeInputLengths([9, 512]);
  expect(valueOf("rerank_http_requests_total", { path: "/predict", status: "200" })).toBe(1);
  expect(valueOf("rerank_http_requests_total", { path: "other", status: "404" })).toBe(1);
  expect(valueOf("te_request_count", { method: "single" })).toBe(1);
  expect(valueOf("te_request_count", { method: "batch" })).toBe(1);
  expect(valueOf("te_request_success", { method: "single" })).toBe(1);
  expect(valueOf("te_request_failure", { err: "over_limit" })).toBe(1);
  expect(valueOf("te_request_duration_sum")).toBeCloseTo(0.102);
  expect(valueOf("te_request_inference_duration_bucket", { le: "0.05" })).toBe(0);
  expect(valueOf("te_request_inference_duration_bucket", { le: "0.1" })).toBe(1);
  expect(valueOf("te_request_queue_duration_count")).toBe(1);
  expect(valueOf("te_request_input_length_bucket", { le: "16" })).toBe(1);
  expect(valueOf("te_request_input_length_bucket", { le: "512" })).toBe(2);
  expect(valueOf("te_queue_size")).toBe(0);
  expect(valueOf("rerank_waiting_requests")).toBe(0);
  expect(valueOf("rerank_open_requests")).toBe(1);
  expect(valueOf("rerank_uptime_seconds")).toBeGreaterThanOrEqual(5);
  expect(valueOf("rerank_errors_total", { code: "over_limit" })).toBe(1);
  expect(valueOf("rerank_errors_total", { code: "unknown_path" })).toBe(1);
  expect(valueOf("rerank_tokens_total")).toBe(512);
  expect(valueOf("rerank_truncated_documents_total")).toBe(1);
  expect(valueOf("rerank_routed_total", { served_by: "edge", reason: "small" })).toBe(1);
  expect(valueOf("rerank_cached_scores_total", { result: "hit" })).toBe(7);
  expect(valueOf("rerank_cached_scores_total", { result: "miss" })).toBe(3);
});
