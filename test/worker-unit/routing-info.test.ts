import { describe, expect, test } from "vitest";
import { makeBackend } from "../../worker/backends/make-backend.ts";
import { info } from "../../worker/openapi/service-answers.ts";
import { routingInfo } from "../../worker/routing-info.ts";
import { readSettings } from "../../worker/settings.ts";

const KEY = "s3cret";
const BACKEND = {
  BACKEND_URL: "https://gpu.example/rerank",
  BACKEND_PROTOCOL: "tei",
  BACKEND_API_KEY: KEY,
};

/** As a service with such variables has it. */
function infoOf(env: Record<string, string>, circuit: "closed" | "open" | "half-open" = "closed") {
  const settings = readSettings(env, ["x/mini"]);
  const backend = settings.ok ? settings.value.backends.get("x/mini") : undefined;
  return routingInfo(settings, backend ? { backend: makeBackend(backend, {}), circuit } : null);
}

test("a service without a backend says so, with its limits", () => {
  expect(infoOf({ EDGE_MAX_TOKENS: "100", SCORE_CACHE: "cache" })).toEqual({
    edge_max_tokens: 100,
    edge_fallback_max_tokens: 16_384,
    request_timeout_ms: 60_000,
    score_cache: "cache",
    backend: null,
    rule: "Every request is computed at the edge, up to 65536 tokens; one of more is refused with 413.",
  });
});

test("a backend is told by what it bears and how its circuit is, without its address and key", () => {
  const told = infoOf({ ...BACKEND, BACKEND_CONCURRENCY: "3" }, "half-open");
  expect(told).toMatchObject({
    backend: {
      protocol: "tei",
      max_documents: 32,
      max_tokens: 16_384,
      max_concurrency: 3,
      timeout_ms: 10_000,
      circuit: "half-open",
    },
  });
  for (const secret of [KEY, "gpu.example"]) expect(JSON.stringify(told)).not.toContain(secret);
});

describe("the rule", () => {
  test.each<[string, Record<string, string>, string]>([
    [
      "has both lines",
      {},
      "A request of up to 4096 tokens is computed at the edge, one of more by the backend. While the backend fails, the edge stands in up to 16384 tokens, and one of more is answered with 503.",
    ],
    [
      "says that nobody stands in, where the second line is not over the first",
      { EDGE_MAX_TOKENS: "500", EDGE_FALLBACK_MAX_TOKENS: "500" },
      "A request of up to 500 tokens is computed at the edge, one of more by the backend. While the backend fails, what it should have computed is answered with 503.",
    ],
    [
      "says that the edge only stands in, where the first line is 0",
      { EDGE_MAX_TOKENS: "0", EDGE_FALLBACK_MAX_TOKENS: "9" },
      "Every request is computed by the backend. While the backend fails, the edge stands in up to 9 tokens, and one of more is answered with 503.",
    ],
  ])("%s", (_, env, rule) => {
    expect(infoOf({ ...BACKEND, ...env })).toMatchObject({ rule });
  });
});

test("wrong settings are told in sentences", () => {
  expect(infoOf({ EDGE_MAX_TOKENS: "many" })).toEqual({
    misconfigured: ["EDGE_MAX_TOKENS must be a whole number from 0 to 65536"],
  });
});

test("all of it is as the document of the interface says", () => {
  const { shape } = info.schema as unknown as {
    shape: { routing: { parse(value: unknown): unknown } };
  };
  for (const env of [{}, BACKEND, { EDGE_MAX_TOKENS: "many" }]) {
    const told = infoOf(env);
    expect(shape.routing.parse(told)).toEqual(told);
  }
});
