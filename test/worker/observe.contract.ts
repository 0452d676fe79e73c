import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseExposition } from "../worker-unit/prometheus-parser.ts";
import { CAPITALS, longRequest, type Service } from "./service.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

type Line = Record<string, unknown>;

export function observeContract(service: Service): void {
  /** The lines of a request's id, once there is one: it is written when the answer has been made. */
  async function linesOf(requestId: string): Promise<Line[]> {
    for (let attempt = 0; ; attempt++) {
      const lines = service.lines().filter((line) => line["requestId"] === requestId);
      if (lines.some(({ event }) => event === "request")) return lines;
      if (attempt === 100) throw new Error(`no line of ${requestId}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  const named = (requestId: string, more: Record<string, string> = {}): Record<string, string> => ({
    "x-request-id": requestId,
    ...more,
  });

  describe("each request is one line of the log", () => {
    test("that ranks", async () => {
      const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
      const response = await service.post(
        "/v1/rerank",
        CAPITALS,
        named("a-ranking", { traceparent }),
      );
      expect(response.status).toBe(200);
      expect([...response.headers.keys()].filter((name) => name.startsWith("trace"))).toEqual([]);
      const lines = await linesOf("a-ranking");
      expect(lines).toEqual([
        {
          level: "info",
          event: "request",
          requestId: "a-ranking",
          traceId: TRACE,
          route: "/v1/rerank",
          method: "POST",
          protocol: "rerank-v1",
          status: 200,
          model: expect.any(String),
          documents: 4,
          tokens: Number(response.headers.get("x-rerank-tokens")),
          truncated: 0,
          servedBy: "edge",
          reason: "no_backend",
          queueMs: expect.any(Number),
          tokenizationMs: expect.any(Number),
          inferenceMs: expect.any(Number),
          totalMs: expect.any(Number),
        },
      ]);
    });

    test.each([
      ["/score", { inputs: { a: ["some-text"], b: ["some-text"] } }, "azure-ml", 1],
      ["/score", { text_1: "some-text", text_2: ["b", "c"] }, "vllm", 2],
      ["/predict", { inputs: [["some-text"], ["b"]] }, "tei", 2],
      ["/tokenize", { inputs: "some-text" }, "tei", 1],
      ["/rerank", { query: "some-text", texts: ["b"] }, "tei", 1],
      [
        "/v1/rerank",
        { query: "some-text", documents: ["b"], truncate_prompt_tokens: -1 },
        "vllm",
        1,
      ],
      ["/v1/rerank", { queries: ["a", "some-text"], documents: ["b", "c"] }, "rerank-v1", 4],
    ])("that scores at %s: %j", async (path, body, protocol, documents) => {
      const id = `at-${path.slice(1).replace("/", "-")}-${protocol}-${documents}`;
      expect((await service.post(path, body, named(id))).status).toBe(200);
      const [line, ...others] = await linesOf(id);
      expect(others).toEqual([]);
      expect(line).toMatchObject({ route: path, protocol, documents, status: 200 });
      expect(JSON.stringify(line)).not.toContain("some-text");
    });

    test.each([
      ["that is refused before its body is read", "/v1/rerank", 415, "wrong_content_type"],
      ["that Azure ML's routes refuse", "/score", 415, "wrong_content_type"],
      ["for a path that there is not", "/some-secret", 404, "unknown_path"],
    ])("%s", async (_, path, status, code) => {
      const id = `refused-${status}-${path.length}`;
      const headers = named(id, { "content-type": "text/some-secret" });
      const response = await service.fetch(`${path}?q=some-secret`, {
        method: "POST",
        headers,
        body: "{}",
      });
      expect(response.status).toBe(status);
      const [line, ...others] = await linesOf(id);
      expect(others).toEqual([]);
      const route = status === 404 ? "other" : path;
      expect(line).toMatchObject({ level: "info", route, status, code });
      expect(JSON.stringify(line)).not.toContain("some-secret");
    });

    test("whose body is wrong", async () => {
      const body = { ...CAPITALS, top_n: "some-secret" };
      await service.post("/cohere/v1/rerank", body, named("wrong-body"));
      const [line] = await linesOf("wrong-body");
      expect(line).toMatchObject({ protocol: "cohere-v1", status: 400, code: "invalid_value" });
      expect(line).not.toHaveProperty("tokens");
      expect(JSON.stringify(line)).not.toContain("some-secret");
    });

    test("that only asks how the service is", async () => {
      await service.fetch("/health", { headers: named("a-probe") });
      expect(await linesOf("a-probe")).toEqual([
        {
          level: "info",
          event: "request",
          requestId: "a-probe",
          traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
          route: "/health",
          method: "GET",
          status: 200,
          totalMs: expect.any(Number),
        },
      ]);
    });

    test("whose client hangs up", async () => {
      const { query, documents } = longRequest(60);
      const headers = named("hung-up");
      const gone = service.postAndHangUp("/v1/rerank", { query, documents }, 300, headers);
      await gone;
      expect(await linesOf("hung-up")).toEqual([
        expect.objectContaining({
          level: "info",
          route: "/v1/rerank",
          protocol: "rerank-v1",
          documents: 60,
          status: 499,
          code: "client_gone",
        }),
      ]);
    });

    test("whose time is up", async () => {
      const headers = named("too-late", { "x-request-timeout-ms": "100" });
      const response = await service.post("/v1/rerank", longRequest(60), headers);
      expect(response.status).toBe(504);
      const [line] = await linesOf("too-late");
      expect(line).toMatchObject({ level: "error", status: 504, code: "deadline_exceeded" });
      const { queueMs, tokenizationMs, inferenceMs } = line as Record<string, number>;
      expect(queueMs! + tokenizationMs! + inferenceMs!).toBeGreaterThan(0);
    });
  });

  test("every metric of the dashboard is in /metrics, with the labels that it asks for", async () => {
    await service.post("/v1/rerank", CAPITALS);
    await service.fetch("/nowhere");
    const families = parseExposition(await (await service.fetch("/metrics")).text());
    const samples = [...families.values()].flatMap((family) => family.samples);
    const dashboard = readFileSync(join(import.meta.dirname, "../../docs/grafana.json"), "utf8");
    const named = new Set(dashboard.match(/\b(rerank|te)_[a-z_]+\b/g));
    const known = new Set([...families.keys(), ...samples.map(({ name }) => name)]);
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
    // And none is missing there.
    const shown = (family: string): boolean => [...named].some((name) => name.startsWith(family));
    expect([...families.keys()].filter((family) => !shown(family))).toEqual([]);
    const grouped = dashboard.matchAll(/by \(([a-z_, ]+)\) \(rate\((\w+)\{/g);
    for (const [, labels, name] of grouped) {
      const own = samples.find((sample) => sample.name === name)?.labels;
      expect(Object.keys(own ?? {}), name).toEqual(expect.arrayContaining(labels!.split(", ")));
    }
  });

  test("/metrics tells of the isolate's models and its time", async () => {
    await service.post("/v1/rerank", CAPITALS);
    const families = parseExposition(await (await service.fetch("/metrics")).text());
    const of = (name: string) => families.get(name)!.samples;
    expect(of("rerank_model_loaded")).toEqual([
      { name: "rerank_model_loaded", labels: { model: expect.any(String) }, value: 1 },
    ]);
    expect(of("rerank_model_memory_bytes")[0]!.value).toBeGreaterThan(10_000_000);
    expect(of("rerank_uptime_seconds")[0]!.value).toBeGreaterThan(0);
    // The question itself.
    expect(of("rerank_open_requests")[0]!.value).toBeGreaterThanOrEqual(1);
  });

  test("an id that looks like lines of the log stays one field", async () => {
    const id = 'x","event":"request","status":200}';
    const response = await service.post("/score", { inputs: { a: ["a"] } }, named(id));
    expect(response.status).toBe(200);
    expect(await linesOf(id)).toHaveLength(1);
  });
}
