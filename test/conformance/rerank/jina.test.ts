import { expect, test } from "vitest";
import { jina } from "../../../worker/protocols/jina.ts";
import { CONTEXT, exchange, score, TOKENS } from "./exchange.ts";

const BODY = { model: "jina-reranker-v2", query: "q", documents: ["a", { text: "b" }], top_n: 1 };

test("Jina: the answer is a list object with usage, documents {text} unless told otherwise", () => {
  expect(exchange(jina, BODY)).toEqual({
    status: 200,
    body: {
      model: CONTEXT.model,
      object: "list",
      usage: { prompt_tokens: 2 * TOKENS, total_tokens: 2 * TOKENS },
      results: [{ index: 1, relevance_score: score(2), document: { text: "b" } }],
    },
  });
});

test("Jina: return_documents false leaves them out", () => {
  expect(exchange(jina, { ...BODY, return_documents: false }).body).toHaveProperty("results.0", {
    index: 1,
    relevance_score: score(2),
  });
});

test("Jina: an error is {detail}, with the request's id before its sentence", () => {
  expect(exchange(jina, { query: "q", documents: [] })).toEqual({
    status: 400,
    body: { detail: `[RID: ${CONTEXT.id}] documents must not be empty.` },
  });
});
