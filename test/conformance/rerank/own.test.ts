import { describe, expect, test } from "vitest";
import { rerankV1, rerankV2 } from "../../../worker/protocols/rerank.ts";
import { CONTEXT, exchange, refusal, score, taskOf, TOKENS } from "./exchange.ts";

const BODY = { query: "q", documents: ["a", "b"] };

describe("the service's own body", () => {
  test("has the keys of Cohere and Jina, and none that was not asked for", () => {
    expect(exchange(rerankV2, BODY)).toEqual({
      status: 200,
      body: {
        id: CONTEXT.id,
        model: CONTEXT.model,
        results: [
          { index: 1, relevance_score: score(2) },
          { index: 0, relevance_score: score(1) },
        ],
        usage: { prompt_tokens: 2 * TOKENS, total_tokens: 2 * TOKENS },
        meta: {
          api_version: { version: "2" },
          billed_units: { search_units: 1 },
          tokens: { input_tokens: 2 * TOKENS },
        },
      },
    });
  });

  test("null is the same as absent in every field", () => {
    const nulls = Object.fromEntries(
      [
        "model",
        "top_n",
        "return_documents",
        "rank_fields",
        "max_tokens_per_doc",
        "max_chunks_per_doc",
        "raw_scores",
        "min_score",
        "details",
        "long_documents",
        "queries",
        "texts",
        "use_activation",
        "truncation_side",
      ].map((name) => [name, null]),
    );
    expect(exchange(rerankV2, { ...BODY, ...nulls })).toEqual(exchange(rerankV2, BODY));
  });

  test("equal logits leave the lower index first", () => {
    const { body } = exchange(
      rerankV2,
      { query: "q", documents: ["a", "b", "c"] },
      {
        logits: [1, 2, 1],
      },
    ) as { body: { results: { index: number }[] } };
    expect(body.results.map(({ index }) => index)).toEqual([1, 0, 2]);
  });

  test("a unit of search is begun with every hundred documents", () => {
    const units = (count: number): unknown =>
      exchange(rerankV2, { query: "q", documents: Array(count).fill("a") }).body;
    expect(units(100)).toMatchObject({ meta: { billed_units: { search_units: 1 } } });
    expect(units(101)).toMatchObject({ meta: { billed_units: { search_units: 2 } } });
  });

  test("documents come back as {text}, but an object whole at v1", () => {
    const document = { text: "a", title: "t" };
    const body = { query: "q", documents: [document], return_documents: true };
    expect(exchange(rerankV1, body).body).toMatchObject({ results: [{ document }] });
    expect(exchange(rerankV2, body).body).toHaveProperty("results.0.document", { text: "a" });
  });

  test("cuts are named in numbers and in a sentence", () => {
    const cuts = [
      { index: 0, queryTokens: 9, documentTokens: 0 },
      { index: 1, queryTokens: 9, documentTokens: 5 },
    ];
    expect(exchange(rerankV2, BODY, { cuts }).body).toMatchObject({
      meta: {
        warnings: [
          "The query was cut to half of the model's window.",
          "1 of 2 documents were cut to the model's window.",
        ],
        truncated: [
          { index: 0, query_tokens_cut: 9, document_tokens_cut: 0 },
          { index: 1, query_tokens_cut: 9, document_tokens_cut: 5 },
        ],
      },
    });
  });

  test("an error is Cohere's with a code, and with a parameter if it has one", () => {
    expect(refusal(rerankV1, { kind: "empty_body" }).body).toEqual({
      id: CONTEXT.id,
      code: "empty_body",
      message: expect.any(String) as string,
    });
    expect(exchange(rerankV1, { ...BODY, top_n: 0 })).toEqual({
      status: 400,
      body: {
        id: CONTEXT.id,
        code: "invalid_value",
        message: "top_n must be at least 1.",
        param: "top_n",
      },
    });
  });
});

describe("options of every rerank route", () => {
  test("raw_scores gives logits", () => {
    const { body } = exchange(rerankV2, { ...BODY, raw_scores: true });
    expect(body).toMatchObject({ results: [{ relevance_score: 2 }, { relevance_score: 1 }] });
  });

  test("min_score leaves out lower sigmoids, whatever the scale of the answer", () => {
    const { body } = exchange(rerankV2, { ...BODY, raw_scores: true, min_score: score(2) });
    expect(body).toMatchObject({ results: [{ index: 1, relevance_score: 2 }] });
    expect((body as { results: unknown[] }).results).toHaveLength(1);
  });

  test("details say what the model read and missed", () => {
    const cuts = [{ index: 1, queryTokens: 0, documentTokens: 7 }];
    const { body } = exchange(rerankV2, { ...BODY, details: true }, { cuts });
    expect(body).toMatchObject({
      results: [
        { tokens: TOKENS, truncated: true, query_tokens_cut: 0, document_tokens_cut: 7 },
        { tokens: TOKENS, truncated: false, query_tokens_cut: 0, document_tokens_cut: 0 },
      ],
    });
  });

  test("id and metadata of a document are passed through untouched", () => {
    const documents = [
      { text: "a", id: 7, metadata: { deep: [1, null] } },
      { text: "b", id: null },
    ];
    const { body } = exchange(rerankV2, { query: "q", documents });
    expect((body as { results: unknown[] }).results).toEqual([
      { index: 1, relevance_score: score(2) },
      { index: 0, relevance_score: score(1), id: 7, metadata: { deep: [1, null] } },
    ]);
  });

  test("queries are answered with a list of the protocol's own answers", () => {
    const { query: _, ...rest } = BODY;
    const one = exchange(rerankV2, BODY).body;
    expect(exchange(rerankV2, { ...rest, queries: ["q", "r"] }).body).toEqual({
      object: "list",
      data: [one, one],
      usage: { prompt_tokens: 4 * TOKENS, total_tokens: 4 * TOKENS },
    });
    expect(exchange(rerankV2, { ...rest, queries: ["q"] }).body).toMatchObject({ data: [one] });
  });

  test("long_documents asks for windows", () => {
    const fitOf = (more: object) => taskOf(rerankV2, { ...BODY, ...more }).request.fit;
    expect(fitOf({}).longDocuments).toBe("truncate");
    expect(fitOf({ long_documents: "max_window", max_chunks_per_doc: 3 })).toMatchObject({
      longDocuments: "max_window",
      maxWindows: 3,
    });
  });

  test.each<[object, string]>([
    [{ queries: ["r"] }, "queries"],
    [{ query: null, queries: [] }, "queries"],
    [{ query: null, queries: "r" }, "queries"],
    [{ query: null, queries: ["r", " "] }, "queries[1]"],
    [{ query: null }, "query"],
    [{ min_score: -0.1 }, "min_score"],
    [{ min_score: 2 }, "min_score"],
    [{ min_score: "0.5" }, "min_score"],
    [{ details: 1 }, "details"],
    [{ long_documents: "windows" }, "long_documents"],
    [{ max_tokens_per_doc: 0 }, "max_tokens_per_doc"],
    [{ max_chunks_per_doc: 0 }, "max_chunks_per_doc"],
    [{ rank_fields: [] }, "rank_fields"],
    [{ rank_fields: "text" }, "rank_fields"],
  ])("%j is refused by name", (more, param) => {
    expect(exchange(rerankV2, { ...BODY, ...more })).toMatchObject({
      status: 400,
      body: { code: "invalid_value", param },
    });
  });

  test("queries times documents are counted against maxDocuments", () => {
    const body = { queries: Array(11).fill("q"), documents: Array(100).fill("a") };
    expect(exchange(rerankV2, body)).toMatchObject({
      status: 413,
      body: {
        code: "over_limit",
        param: "queries",
        message: "queries is over the limit maxDocuments of 1000: it has 1100.",
      },
    });
  });
});

describe("documents", () => {
  const textsOf = (documents: unknown[], more: object = {}) =>
    taskOf(rerankV1, { query: "q", documents, ...more }).request.documents;

  test("are strings or objects with a text", () => {
    expect(textsOf(["a", { text: "b", id: 7 }, ""])).toEqual(["a", "b", ""]);
  });

  test("are ranked by rank_fields, in their order, each on a line of its own", () => {
    const documents = [{ body: "b", title: "t", other: 5 }, { body: "only" }, "string"];
    expect(textsOf(documents, { rank_fields: ["title", "body"] })).toEqual([
      "t\nb",
      "only",
      "string",
    ]);
  });

  test.each<[unknown, string]>([
    [5, "documents[0]"],
    [null, "documents[0]"],
    [["a"], "documents[0]"],
    [{}, "documents[0]"],
    [{ text: 5 }, "documents[0]"],
    [JSON.parse('{"__proto__":{"text":"x"}}'), "documents[0]"],
  ])("%j is refused by name", (document, param) => {
    expect(exchange(rerankV1, { query: "q", documents: [document] })).toMatchObject({
      status: 400,
      body: { param },
    });
  });

  test("of joined fields are measured together", () => {
    const half = "x".repeat(50_000);
    const body = {
      query: "q",
      documents: [{ a: half, b: half }],
      rank_fields: ["a", "b"],
    };
    expect(exchange(rerankV1, body)).toMatchObject({
      status: 413,
      body: { param: "documents[0]", code: "over_limit" },
    });
  });
});
