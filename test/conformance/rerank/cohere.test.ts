import { expect, test } from "vitest";
import { cohereV1, cohereV2 } from "../../../worker/protocols/cohere.ts";
import { CONTEXT, exchange, score, taskOf, TOKENS } from "./exchange.ts";

const BODY = { model: "rerank-v3.5", query: "q", documents: ["a", "b"], top_n: 1 };

test("Cohere v2: the answer has id, results and meta alone", () => {
  expect(exchange(cohereV2, BODY)).toEqual({
    status: 200,
    body: {
      id: CONTEXT.id,
      results: [{ index: 1, relevance_score: score(2) }],
      meta: {
        api_version: { version: "2" },
        billed_units: { search_units: 1 },
        tokens: { input_tokens: 2 * TOKENS },
      },
    },
  });
});

test("Cohere v2: max_tokens_per_doc cuts documents, priority has no effect", () => {
  const { request } = taskOf(cohereV2, { ...BODY, max_tokens_per_doc: 4_096, priority: 3 });
  expect(request.fit.maxDocumentTokens).toBe(4_096);
});

test("Cohere v2: a YAML string is a string", () => {
  const yaml = "title: t\ntext: x";
  expect(taskOf(cohereV2, { ...BODY, documents: [yaml] }).request.documents).toEqual([yaml]);
});

test("Cohere v1: objects are ranked by rank_fields and come back whole", () => {
  const document = { title: "t", text: "x", year: 1999 };
  const body = {
    query: "q",
    documents: [document, "s"],
    rank_fields: ["title", "text"],
    return_documents: true,
    max_chunks_per_doc: 10,
  };
  expect(taskOf(cohereV1, body).request.documents).toEqual(["t\nx", "s"]);
  expect(exchange(cohereV1, body).body).toMatchObject({
    results: [
      { index: 1, document: { text: "s" } },
      { index: 0, document },
    ],
    meta: { api_version: { version: "1" } },
  });
});

test("Cohere: warnings stand in meta, in sentences", () => {
  const cuts = [{ index: 0, queryTokens: 0, documentTokens: 5 }];
  expect(exchange(cohereV2, { ...BODY, max_tokens_per_doc: 9 }, { cuts }).body).toMatchObject({
    meta: {
      warnings: ["1 of 2 documents were cut to what the request allows or the model's window."],
    },
  });
  expect(exchange(cohereV2, BODY, { cuts }).body).not.toHaveProperty("meta.truncated");
});

test("Cohere: an error is {id, message}", () => {
  expect(exchange(cohereV2, { query: "q" })).toEqual({
    status: 400,
    body: { id: CONTEXT.id, message: "documents must be a list." },
  });
});
