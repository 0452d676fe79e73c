import { afterEach, describe, expect, test } from "vitest";
import type { RerankErrorBody } from "../../sdk/index.ts";
import type { Service } from "./service.ts";

export function badInputContract(service: Service): void {
  const GOOD = { query: "q", documents: ["a", "b"] };

  // Nothing is lost: the next good request is answered.
  afterEach(async () => {
    expect((await service.post("/v1/rerank", GOOD)).status).toBe(200);
  });

  interface Refusal {
    status: number;
    code: string;
    param?: string;
    /** Parts of the message: the limit and the actual value. */
    says?: (string | RegExp)[];
  }

  const bad = (param: string): Refusal => ({ status: 400, code: "invalid_value", param });
  const over = (limit: string, actual: number, param?: string): Refusal => ({
    status: 413,
    code: "over_limit",
    says: [limit, String(actual)],
    ...(param && { param }),
  });

  async function expectRefusal(
    response: Response,
    { status, code, param, says = [] }: Refusal,
  ): Promise<void> {
    const body = (await response.json()) as RerankErrorBody;
    expect({ status: response.status, code: body.code, param: body.param }).toEqual({
      status,
      code,
      param,
    });
    expect(response.headers.get("x-request-id")).toBe(body.id);
    for (const part of says) expect(body.message).toMatch(part);
  }

  const post = (body: BodyInit, contentType = "application/json") =>
    service.fetch("/v1/rerank", { method: "POST", body, headers: { "content-type": contentType } });

  describe("a body that is not JSON is refused", () => {
    const nested = "[".repeat(100_000) + "]".repeat(100_000);
    test.each<[string, BodyInit, Refusal]>([
      ["empty", "", { status: 400, code: "empty_body" }],
      ["plain text", "hello", { status: 400, code: "invalid_json" }],
      ["cut off", '{"query": "q", "documents": ["a"', { status: 400, code: "invalid_json" }],
      [
        "100,000 brackets deep",
        nested,
        { status: 400, code: "too_deep", says: ["100000", "maxJsonDepth is 32"] },
      ],
      [
        "deep in a field nobody reads",
        `{"query":"q","documents":["a"],"x":${nested}}`,
        { status: 400, code: "too_deep", says: ["100001"] },
      ],
      [
        "invalid UTF-8",
        new Uint8Array([0x22, 0xff, 0xfe, 0x22]),
        { status: 400, code: "invalid_utf8" },
      ],
      [
        "an overlong NUL",
        new Uint8Array([0x22, 0xc0, 0x80, 0x22]),
        { status: 400, code: "invalid_utf8" },
      ],
    ])("%s", async (_, body, refusal) => {
      await expectRefusal(await post(body), refusal);
    });
  });

  describe("a wrong value is refused by name", () => {
    test.each<[string, unknown, Refusal]>([
      ["a list", [], { status: 400, code: "invalid_value" }],
      ["null", null, { status: 400, code: "invalid_value" }],
      ["no query", { documents: ["a"] }, bad("query")],
      ["query a number", { ...GOOD, query: 1 }, bad("query")],
      ["query empty", { ...GOOD, query: "" }, bad("query")],
      ["query of white space", { ...GOOD, query: " \n\t\u00a0\u3000" }, bad("query")],
      ["query of NUL and control characters", { ...GOOD, query: "\0\u200b\u0007" }, bad("query")],
      ["query a lone surrogate", { ...GOOD, query: "\ud800" }, bad("query")],
      ["no documents", { query: "q" }, bad("documents")],
      ["documents an object", { query: "q", documents: { 0: "a" } }, bad("documents")],
      ["documents empty", { query: "q", documents: [] }, bad("documents")],
      ["a document a number", { query: "q", documents: ["a", 5] }, bad("documents[1]")],
      ["a document null", { query: "q", documents: [null] }, bad("documents[0]")],
      ["a document without text", { query: "q", documents: [{ image: "x" }] }, bad("documents[0]")],
      ["top_n 0", { ...GOOD, top_n: 0 }, bad("top_n")],
      ["top_n -1", { ...GOOD, top_n: -1 }, bad("top_n")],
      ["top_n 1.5", { ...GOOD, top_n: 1.5 }, bad("top_n")],
      ['top_n "3"', { ...GOOD, top_n: "3" }, bad("top_n")],
      ["top_n true", { ...GOOD, top_n: true }, bad("top_n")],
      ["return_documents a string", { ...GOOD, return_documents: "yes" }, bad("return_documents")],
      ["raw_scores a number", { ...GOOD, raw_scores: 1 }, bad("raw_scores")],
      ["model a number", { ...GOOD, model: 5 }, bad("model")],
      [
        "model unknown",
        { ...GOOD, model: "rerank-v9" },
        { status: 404, code: "unknown_model", param: "model", says: ["rerank-v9"] },
      ],
    ])("%s", async (_, body, refusal) => {
      await expectRefusal(await service.post("/v1/rerank", body), refusal);
    });

    test.each(["1e400", "-1e400", "9007199254740993"])("top_n %s", async (topN) => {
      await expectRefusal(
        await post(`{"query":"q","documents":["a"],"top_n":${topN}}`),
        bad("top_n"),
      );
    });

    test("a query that only the prototype has", async () => {
      await expectRefusal(
        await post('{"__proto__":{"query":"q"},"documents":["a"]}'),
        bad("query"),
      );
    });
  });

  describe("too much is refused with the limit and the actual value", () => {
    test.each<[string, unknown, Refusal]>([
      [
        "100,000 documents",
        { query: "q", documents: Array(100_000).fill("a") },
        over("maxDocuments of 1000", 100_000, "documents"),
      ],
      [
        "100,000 wrong documents",
        { query: "q", documents: Array(100_000).fill(1) },
        over("maxDocuments", 100_000, "documents"),
      ],
      [
        "250,000 values",
        { ...GOOD, x: Array(250_000).fill(1) },
        over("maxJsonValues", 250_000 + 6, "body"),
      ],
      [
        "a long query",
        { ...GOOD, query: "q".repeat(10_001) },
        over("maxQueryChars of 10000", 10_001, "query"),
      ],
      [
        "a long document",
        { query: "q", documents: ["a", "b".repeat(100_001)] },
        over("maxDocumentChars of 100000", 100_001, "documents[1]"),
      ],
      [
        "a long {text}",
        { query: "q", documents: [{ text: "b".repeat(100_001) }] },
        over("maxDocumentChars", 100_001, "documents[0].text"),
      ],
      [
        "long documents together",
        { query: "q", documents: Array(21).fill("c".repeat(100_000)) },
        over("maxTotalChars of 2000000", 2_100_001),
      ],
      [
        "one document of 20 MB",
        { query: "q", documents: ["a".repeat(20_000_000)] },
        over("maxBodyBytes of 6291456", 20_000_030, "body"),
      ],
      [
        "more tokens than the edge computes",
        { query: "q", documents: Array(129).fill("word ".repeat(600)) },
        over("maxEdgeTokens of 65536", 129 * 512),
      ],
      [
        "far more tokens",
        { query: "q", documents: Array(500).fill("word ".repeat(600)) },
        over("maxEdgeTokens of 65536: it has at least", 129 * 512),
      ],
    ])("%s", async (_, body, refusal) => {
      await expectRefusal(await service.post("/v1/rerank", body), refusal);
    });

    test("a body whose size was not declared", async () => {
      let sent = 0;
      const body = new ReadableStream({
        pull(controller) {
          if (sent++ === 20) controller.close();
          else controller.enqueue(new TextEncoder().encode(" ".repeat(1_000_000)));
        },
      });
      const init = {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
        duplex: "half",
      };
      await expectRefusal(
        await service.fetch("/v1/rerank", init as RequestInit),
        over("maxBodyBytes", 20_000_000, "body"),
      );
    });

    test("by the Azure ML route too", async () => {
      const response = await service.post("/score", { input_data: Array(1_001).fill("a") });
      expect(response.status).toBe(413);
      expect(await response.json()).toEqual({
        message: "input_data is over the limit maxDocuments of 1000: it has 1001.",
      });
    });
  });

  describe("what JSON and HTTP leave open is decided", () => {
    test("the last of two equal keys counts", async () => {
      const response = await post('{"query":"q","documents":["a"],"documents":["b","c"]}');
      expect(((await response.json()) as { results: unknown[] }).results).toHaveLength(2);
    });

    test("a byte order mark is skipped", async () => {
      expect((await post(`\ufeff${JSON.stringify(GOOD)}`)).status).toBe(200);
    });

    test.each(["application/json; charset=utf-8", "Application/JSON", "application/vnd.api+json"])(
      "%s is JSON",
      async (type) => {
        expect((await post(JSON.stringify(GOOD), type)).status).toBe(200);
      },
    );

    test("a body without content type is taken for JSON", async () => {
      const body = new TextEncoder().encode(JSON.stringify(GOOD));
      expect((await service.fetch("/v1/rerank", { method: "POST", body })).status).toBe(200);
    });

    test.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])(
      "%s is refused",
      async (type) => {
        await expectRefusal(await post(JSON.stringify(GOOD), type), {
          status: 415,
          code: "wrong_content_type",
          says: [type],
        });
      },
    );
  });

  test("nothing that a caller sends is logged", async () => {
    const secret = "xyzzy-secret";
    await post(`{"query": "${secret}", ${secret}`);
    await service.post("/v1/rerank", {
      query: secret,
      documents: [secret],
      top_n: secret,
      model: secret,
    });
    await service.post("/v1/rerank", { query: secret, documents: [secret] });
    expect(service.logs()).not.toContain(secret);
  });
}
