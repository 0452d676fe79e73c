import { describe, expect, test } from "vitest";
import type {
  ModelList,
  ServiceInfo,
  TeiPrediction,
  TeiToken,
  VllmScoreResponseBody,
} from "../../sdk/index.ts";
import { runTool } from "../tools/run-tool.ts";
import { parseExposition } from "../worker-unit/prometheus-parser.ts";
import { CAPITALS, type Service } from "./service.ts";

const QUERY = "What is the capital of France?";
const PARIS = "Paris is the capital and largest city of France.";

export function serviceContract(service: Service): void {
  async function json<T>(response: Response | Promise<Response>): Promise<T> {
    const answered = await response;
    expect(answered.status).toBe(200);
    return (await answered.json()) as T;
  }

  describe("GET /", () => {
    test("sends a browser to the playground and says Healthy to machines", async () => {
      const browser = { headers: { accept: "text/html,*/*;q=0.8" }, redirect: "manual" } as const;
      const page = await service.fetch("/", browser);
      expect(page.status).toBe(302);
      expect(page.headers.get("location")).toBe("/playground");
      expect(page.headers.get("vary")).toMatch(/\baccept\b/i);
      const probe = await service.fetch("/", { headers: { accept: "*/*" } });
      expect([probe.status, await probe.text()]).toEqual([200, "Healthy"]);
      expect(probe.headers.get("vary")).toMatch(/\baccept\b/i);
      const head = await service.fetch("/", { ...browser, method: "HEAD" });
      expect([head.status, await head.text()]).toEqual([302, ""]);
    });
  });

  test("GET /ping is as GET /health", async () => {
    expect(await json(service.fetch("/ping"))).toEqual({ status: "ok" });
  });

  test("GET /ready finds that the model computes to the bit what it did when it was built", async () => {
    const { model } = await json<ServiceInfo>(service.fetch("/info"));
    expect(await json(service.fetch("/ready"))).toMatchObject({ status: "ready", model });
  });

  test("npm run tools -- smoke finds nothing wrong with it", async () => {
    const { origin } = new URL((await service.fetch("/health")).url);
    const { exitCode, out } = await runTool(["smoke", origin, "--wait", "0"]);
    expect([exitCode, out]).toEqual([0, expect.not.stringContaining("FAILED")]);
  });

  test("GET /info has TEI's fields beside its own", async () => {
    const info = await json<ServiceInfo>(service.fetch("/info"));
    expect(info).toMatchObject({
      model_id: info.model,
      max_input_length: info.maxSeqLength,
      max_client_batch_size: info.limits["maxDocuments"],
      model_type: { reranker: { id2label: { "0": info.labels[0] } } },
    });
  });

  test.each(["/v1/models", "/models", "/infinity/models"])(
    "GET %s lists the model and its aliases",
    async (path) => {
      const { data } = await json<ModelList>(service.fetch(path));
      expect(data.map(({ id }) => id).slice(1)).toEqual([
        "rerank-v3.5",
        "jina-reranker-v2-base-multilingual",
      ]);
      expect(data[0]!.created).toBeGreaterThan(1_700_000_000);
    },
  );

  describe.each(["/predict", "/tei/predict"])("POST %s", (path) => {
    test("answers a pair with the score that the rerank route gives, and TEI's headers", async () => {
      const response = await service.post(path, { inputs: [QUERY, PARIS] });
      expect(response.status).toBe(200);
      const predictions = (await response.json()) as TeiPrediction[];
      expect(predictions).toEqual([{ label: "LABEL_0", score: expect.any(Number) }]);
      const ranked = await service.post("/v1/rerank", { query: QUERY, documents: [PARIS] });
      const { results } = (await ranked.json()) as { results: { relevance_score: number }[] };
      expect(predictions[0]!.score).toBe(results[0]!.relevance_score);
      expect(response.headers.get("x-compute-characters")).toBe(
        String(QUERY.length + PARIS.length),
      );
      expect(response.headers.get("x-compute-tokens")).toBe(
        response.headers.get("x-rerank-tokens"),
      );
      for (const name of ["total", "tokenization", "queue", "inference", "compute"]) {
        expect(response.headers.get(`x-${name}-time`)).toMatch(/^\d+$/);
      }
    });

    test("answers a batch with a list each, as logits if asked", async () => {
      const inputs = [["alone"], [QUERY, PARIS]];
      const answers = await json<TeiPrediction[][]>(
        service.post(path, { inputs, raw_scores: true }),
      );
      expect(answers.map((list) => list.length)).toEqual([1, 1]);
      expect(answers[1]![0]!.score).toBeGreaterThan(1);
    });

    test.each([
      [{ inputs: ["a", "b", "c"] }, 422, "Validation"],
      [{ inputs: [] }, 400, "Empty"],
      [{ inputs: "word ".repeat(600), truncate: false }, 422, "Validation"],
    ])("refuses as TEI does", async (body, status, type) => {
      const response = await service.post(path, body);
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ error: expect.any(String), error_type: type });
    });
  });

  test.each(["/tokenize", "/tei/tokenize"])("POST %s gives tokens and places", async (path) => {
    const tokens = await json<TeiToken[][]>(service.post(path, { inputs: "😀 Paris" }));
    expect(tokens).toHaveLength(1);
    expect(tokens[0]!.map(({ text, special }) => [text, special])).toEqual([
      ["[CLS]", true],
      ["😀", false],
      ["Paris", false],
      ["[SEP]", true],
    ]);
    expect(tokens[0]![2]).toMatchObject({ start: 2, stop: 7 });
  });

  test("POST /tokenize counts the tokens of all texts together", async () => {
    const inputs = Array(20).fill("a ".repeat(4_000));
    const response = await service.post("/tokenize", { inputs });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      error: expect.stringContaining("maxEdgeTokens"),
    });
  });

  test.each(["/v1/score", "/vllm/score", "/vllm/v1/score", "/score"])(
    "POST %s scores in the request's order",
    async (path) => {
      const { query, documents } = CAPITALS as { query: string; documents: string[] };
      const body = { text_1: query, text_2: documents, model: "default" };
      const answer = await json<VllmScoreResponseBody>(service.post(path, body));
      expect(answer.data.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
      const scores = answer.data.map(({ score }) => score);
      expect(scores.indexOf(Math.max(...scores))).toBe(1);
      expect(answer.usage.total_tokens).toBeGreaterThan(0);
    },
  );

  test("POST /v1/score refuses in OpenAI's envelope", async () => {
    const response = await service.post("/v1/score", { text_1: "q", text_2: "a", model: "gpt" });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { type: "NotFoundError", param: "model", code: 404 },
    });
  });

  test("GET /metrics counts requests by route, and nothing that a caller sent", async () => {
    await service.fetch("/some-secret-path");
    await service.post("/predict", { inputs: "some-secret-text" });
    const response = await service.fetch("/metrics");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    expect(text).not.toContain("secret");
    const families = parseExposition(text);
    const paths = families.get("rerank_http_requests_total")!.samples;
    expect(paths.map(({ labels }) => `${labels["path"]} ${labels["status"]}`)).toEqual(
      expect.arrayContaining(["/predict 200", "other 404"]),
    );
    for (const name of ["te_request_count", "te_request_success", "te_queue_size"]) {
      expect(families.get(name)!.samples.length).toBeGreaterThan(0);
    }
    const count = (name: string): number =>
      families.get(name)!.samples.find((sample) => sample.name === `${name}_count`)!.value;
    expect(count("te_request_duration")).toBeGreaterThan(0);
    expect(count("te_request_input_length")).toBeGreaterThan(0);
  });
}
