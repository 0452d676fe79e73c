import { describe, expect, test } from "vitest";
import { loadCrossEncoder } from "../../engine/index.ts";
import type { RerankManyResponseBody, RerankResponseBody } from "../../sdk/index.ts";
import { defaultModel, engineModule } from "../fixtures/engine.ts";
import { CAPITALS, longRequest, type Service } from "./service.ts";

export function rerankContract(service: Service): void {
  async function rerank(body: object, path = "/v1/rerank"): Promise<RerankResponseBody> {
    const response = await service.post(path, body);
    expect(response.status).toBe(200);
    return (await response.json()) as RerankResponseBody;
  }

  describe("a ranking", () => {
    test("puts the document that answers the query first", async () => {
      const { results } = await rerank(CAPITALS);
      expect(results[0]!.index).toBe(1);
    });

    test("has every document once, by descending score between 0 and 1", async () => {
      const { results } = await rerank(CAPITALS);
      const scores = results.map((result) => result.relevance_score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
      expect(results.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3]);
    });

    test("has exactly the keys that Cohere and Jina have, and none with null", async () => {
      const body = await rerank(CAPITALS);
      expect(Object.keys(body)).toEqual(["id", "model", "results", "usage", "meta"]);
      expect(body.results.map((result) => Object.keys(result))).toEqual(
        Array(4).fill(["index", "relevance_score"]),
      );
      expect(body.meta).toEqual({
        api_version: { version: "1" },
        billed_units: { search_units: 1 },
        tokens: { input_tokens: body.usage.total_tokens },
      });
      expect(body.usage.prompt_tokens).toBe(body.usage.total_tokens);
    });

    test("is cut to top_n, and whole if top_n is more than there is", async () => {
      const all = (await rerank(CAPITALS)).results;
      expect((await rerank({ ...CAPITALS, top_n: 2 })).results).toEqual(all.slice(0, 2));
      expect((await rerank({ ...CAPITALS, top_n: 99 })).results).toEqual(all);
    });

    test("brings documents along when asked: as {text}, but at v1 an object as it came", async () => {
      const object = { text: CAPITALS.documents[1], title: "kept" };
      const body = {
        ...CAPITALS,
        documents: [CAPITALS.documents[0], object],
        return_documents: true,
      };
      const documentsAt = async (path: string) =>
        (await rerank(body, path)).results
          .toSorted((a, b) => a.index - b.index)
          .map(({ document }) => document);
      expect(await documentsAt("/v1/rerank")).toEqual([{ text: CAPITALS.documents[0] }, object]);
      expect(await documentsAt("/v2/rerank")).toEqual([
        { text: CAPITALS.documents[0] },
        { text: CAPITALS.documents[1] },
      ]);
    });

    test("keeps the lower index first where scores are equal", async () => {
      const documents = Array(9).fill("The same text.");
      const { results } = await rerank({ query: "same", documents });
      expect(new Set(results.map((result) => result.relevance_score)).size).toBe(1);
      expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    });

    test("is the same at all three paths, whatever unknown or null fields come along", async () => {
      const { results } = await rerank(CAPITALS);
      const more = {
        ...CAPITALS,
        top_n: null,
        model: null,
        return_documents: null,
        priority: 3,
        rank_fields: ["text"],
      };
      for (const path of ["/v1/rerank", "/v2/rerank", "/rerank"]) {
        expect((await rerank(more, path)).results).toEqual(results);
      }
    });

    test("names texts the model saw only in part, and how much it missed", async () => {
      const documents = ["short", "word ".repeat(600)];
      const { meta } = await rerank({ query: "short", documents });
      expect(meta.truncated).toEqual([
        { index: 1, query_tokens_cut: 0, document_tokens_cut: 600 - (512 - 3 - 1) },
      ]);
      expect(meta.warnings).toEqual(["1 of 2 documents were cut to the model's window."]);
    });
  });

  describe("further options", () => {
    test("several queries get the rankings that each gets alone", async () => {
      const queries = [CAPITALS.query, "How is bread made?"];
      const { documents } = CAPITALS;
      const response = await service.post("/v1/rerank", { queries, documents });
      const { data, usage } = (await response.json()) as RerankManyResponseBody;
      expect(response.headers.get("x-rerank-tokens")).toBe(String(usage.total_tokens));
      for (const [index, query] of queries.entries())
        expect(data[index]).toEqual({ ...(await rerank({ query, documents })), id: data[0]!.id });
    });

    test("windows find an answer that stands behind the model's window", async () => {
      const answer = "Paris is the capital and largest city of France.";
      const text = `${"The weather was fine that day. ".repeat(150)}${answer}`;
      const body = { query: CAPITALS.query, documents: [text, CAPITALS.documents[2]] };
      const cut = await rerank(body);
      expect(cut.results[0]!.index).toBe(1);
      const { results, meta } = await rerank({ ...body, long_documents: "max_window" });
      const [best, other] = results;
      expect(best!.index).toBe(0);
      expect(text.slice(best!.window!.start, best!.window!.end)).toContain(answer);
      expect(best!.window!.start).toBeGreaterThan(0);
      expect(other!.window).toEqual({ start: 0, end: (CAPITALS.documents[2] as string).length });
      expect(meta.truncated).toBeUndefined();
    });

    test("a document that is cut from the left keeps its end", async () => {
      const text = `${"The weather was fine. ".repeat(150)}Paris is the capital of France.`;
      const body = { ...CAPITALS, documents: [text] };
      const scoreOf = async (side: string) =>
        (await rerank({ ...body, truncation_side: side })).results[0]!.relevance_score;
      expect(await scoreOf("left")).toBeGreaterThan(await scoreOf("right"));
    });

    test("tokens of all windows are counted against maxEdgeTokens", async () => {
      const documents = Array(3).fill("word ".repeat(19_000));
      const body = { query: "q", documents, long_documents: "max_window" };
      const response = await service.post("/v1/rerank", body);
      expect(response.status).toBe(413);
      expect(((await response.json()) as { message: string }).message).toMatch("maxEdgeTokens");
    });
  });

  describe("other protocols", () => {
    const { query, documents } = CAPITALS;

    test.each<[string, object, string[], string]>([
      ["/cohere/v1/rerank", CAPITALS, ["id", "results", "meta"], "results"],
      ["/cohere/v2/rerank", CAPITALS, ["id", "results", "meta"], "results"],
      ["/jina/v1/rerank", CAPITALS, ["model", "object", "usage", "results"], "results"],
      [
        "/infinity/rerank",
        CAPITALS,
        ["object", "results", "model", "usage", "id", "created"],
        "results",
      ],
      ["/vllm/rerank", CAPITALS, ["id", "model", "usage", "results"], "results"],
      ["/vllm/v1/rerank", CAPITALS, ["id", "model", "usage", "results"], "results"],
      ["/vllm/v2/rerank", CAPITALS, ["id", "model", "usage", "results"], "results"],
      [
        "/v1/ranking",
        { query: { text: query }, passages: documents.map((text) => ({ text })) },
        ["rankings", "usage"],
        "rankings",
      ],
      ["/voyage/v1/rerank", CAPITALS, ["object", "data", "model", "usage"], "data"],
      ["/pinecone/rerank", CAPITALS, ["model", "data", "usage"], "data"],
    ])("%s has its own keys and the same ranking", async (path, body, keys, list) => {
      const response = await service.post(path, body);
      expect(response.status).toBe(200);
      const answer = (await response.json()) as Record<string, { index: number }[]>;
      expect(Object.keys(answer)).toEqual(keys);
      const { results } = await rerank(CAPITALS);
      expect(answer[list]!.map(({ index }) => index)).toEqual(results.map(({ index }) => index));
    });

    test.each(["/rerank", "/tei/rerank"])("%s answers texts as TEI does", async (path) => {
      const response = await service.post(path, { query, texts: documents });
      expect(response.status).toBe(200);
      const { results } = await rerank(CAPITALS);
      expect(await response.json()).toEqual(
        results.map(({ index, relevance_score: score }) => ({ index, score })),
      );
      expect(response.headers.get("x-compute-tokens")).toBe(
        response.headers.get("x-rerank-tokens"),
      );
      for (const name of ["compute", "total", "tokenization", "queue", "inference"])
        expect(response.headers.get(`x-${name}-time`)).toMatch(/^\d+$/);
    });

    test("a text that does not fit is refused as TEI does when it may not be cut", async () => {
      const texts = ["short", "word ".repeat(600)];
      const response = await service.post("/rerank", { query: "q", texts, truncate: false });
      expect(response.status).toBe(422);
      expect(await response.json()).toEqual({
        error: "`inputs` must have less than 512 tokens. Given: 604",
        error_type: "Validation",
      });
    });

    test("a body that cannot be read is refused in the form of its path", async () => {
      const headers = { "content-type": "application/json" };
      const post = (path: string) => service.fetch(path, { method: "POST", body: "{", headers });
      expect(await (await post("/voyage/v1/rerank")).json()).toEqual({
        detail: expect.stringMatching(/^The body/) as string,
      });
      expect(await (await post("/rerank")).json()).toHaveProperty("code");
      const infinity = await post("/infinity/rerank");
      expect(infinity.status).toBe(422);
      expect(await infinity.json()).toHaveProperty("detail.0.type", "invalid_json");
    });
  });

  describe("scores", () => {
    test("are sigmoids of the logits that raw_scores gives", async () => {
      const sigmoids = (await rerank(CAPITALS)).results;
      const logits = (await rerank({ ...CAPITALS, raw_scores: true })).results;
      expect(logits.map(({ index }) => index)).toEqual(sigmoids.map(({ index }) => index));
      expect(logits.map(({ relevance_score: logit }) => 1 / (1 + Math.exp(-logit)))).toEqual(
        sigmoids.map((result) => result.relevance_score),
      );
    });

    test("have the bits that the engine gives in Node", async () => {
      const model = await loadCrossEncoder(engineModule, defaultModel());
      const { query, documents } = longRequest(3);
      const texts = [...CAPITALS.documents, ...documents] as string[];
      const expected = model.score(texts.map((text) => [query, text]));
      const { results } = await rerank({ query, documents: texts, raw_scores: true });
      for (const { index, relevance_score: logit } of results) expect(logit).toBe(expected[index]);
    });

    test("do not depend on the order of the documents, nor on their company", async () => {
      const scoreOf = new Map<unknown, number>();
      const { documents } = CAPITALS;
      for (const { index, relevance_score: score } of (await rerank(CAPITALS)).results)
        scoreOf.set(documents[index], score);
      const others = [...documents.toReversed(), ...longRequest(2).documents];
      for (const { index, relevance_score: score } of (
        await rerank({ ...CAPITALS, documents: others })
      ).results) {
        if (scoreOf.has(others[index])) expect(score).toBe(scoreOf.get(others[index]));
      }
    });

    test("of a text with a lone surrogate or NUL are those of the text without", async () => {
      const plain = await rerank({ query: "q a", documents: ["a b"] });
      const odd = await rerank({ query: "q\ud800 a", documents: ["a\0 \udc00b"] });
      expect(odd.results).toEqual(plain.results);
    });

    test("exist for an empty document", async () => {
      const { results } = await rerank({ query: "empty", documents: ["", "not empty"] });
      expect(results).toHaveLength(2);
    });
  });

  describe("the model", () => {
    test.each(["default", "", "rerank-v3.5", "jina-reranker-v2-base-multilingual"])(
      "is served as %j",
      async (model) => {
        const { model: served } = (await (await service.fetch("/info")).json()) as {
          model: string;
        };
        expect((await rerank({ ...CAPITALS, model })).model).toBe(served);
        expect((await rerank({ ...CAPITALS, model: served })).model).toBe(served);
      },
    );
  });

  describe("headers", () => {
    test("say who ranked, with what and how much", async () => {
      const response = await service.post("/v1/rerank", CAPITALS, { "x-request-id": "my-id_1" });
      const body = (await response.json()) as RerankResponseBody;
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "x-request-id": "my-id_1",
        "x-rerank-model": body.model,
        "x-rerank-served-by": "edge",
        "x-rerank-tokens": String(body.usage.total_tokens),
        "x-rerank-truncated": "0",
      });
      expect(body.id).toBe("my-id_1");
    });

    test.each(["x".repeat(101), "a b", "a/b"])(
      "replace the odd request id %j by a UUID",
      async (id) => {
        const response = await service.post("/v1/rerank", CAPITALS, { "x-request-id": id });
        expect(response.headers.get("x-request-id")).toMatch(
          /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        );
      },
    );
  });
}
