import { describe, expect, test } from "vitest";
import { DEFAULT_FIT, type FitOptions } from "../../../engine/fit-pair.ts";
import { vllm } from "../../../worker/protocols/vllm.ts";
import { CONTEXT, exchange, refusal, score, taskOf, TOKENS } from "./exchange.ts";

const BODY = { query: "q", documents: ["a", "b"] };

test("vLLM: the document is always there, with multi_modal", () => {
  expect(exchange(vllm, { ...BODY, top_n: 1 })).toEqual({
    status: 200,
    body: {
      id: `rerank-${CONTEXT.id}`,
      model: CONTEXT.model,
      usage: { prompt_tokens: 2 * TOKENS, total_tokens: 2 * TOKENS },
      results: [
        { index: 1, document: { text: "b", multi_modal: null }, relevance_score: score(2) },
      ],
    },
  });
});

test("vLLM: top_n 0 means all", () => {
  expect((exchange(vllm, { ...BODY, top_n: 0 }).body as { results: [] }).results).toHaveLength(2);
});

test("vLLM: use_activation false gives logits, and counts before raw_scores", () => {
  const scoreWith = (more: object) =>
    (exchange(vllm, { ...BODY, ...more }).body as { results: { relevance_score: number }[] })
      .results[0]!.relevance_score;
  expect(scoreWith({ use_activation: false })).toBe(2);
  expect(scoreWith({ use_activation: true, raw_scores: true })).toBe(score(2));
  expect(scoreWith({ use_activation: null, raw_scores: true })).toBe(2);
});

describe("vLLM: what does not fit", () => {
  test.each<[object, Partial<FitOptions>]>([
    [{}, { longDocuments: "refuse" }],
    [{ truncate_prompt_tokens: -1 }, {}],
    [{ truncate_prompt_tokens: 128 }, { maxPairTokens: 128 }],
    [{ truncation_side: "left" }, { side: "left" }],
    [{ truncation_side: "right" }, {}],
    [{ max_tokens_per_doc: 64 }, { longDocuments: "refuse", maxDocumentTokens: 64 }],
    [{ max_tokens_per_query: 8 }, { longDocuments: "refuse", maxQueryTokens: 8 }],
    [{ max_tokens_per_query: 0, max_tokens_per_doc: 0 }, { longDocuments: "refuse" }],
    [{ long_documents: "max_window" }, { longDocuments: "max_window" }],
  ])("with %j", (more, fit) => {
    expect(taskOf(vllm, { ...BODY, ...more }).request.fit).toEqual({ ...DEFAULT_FIT, ...fit });
  });
});

describe("vLLM: errors", () => {
  test.each<[object, string]>([
    [{ top_n: -1 }, "top_n"],
    [{ truncate_prompt_tokens: -2 }, "truncate_prompt_tokens"],
    [{ truncate_prompt_tokens: 2 }, "truncate_prompt_tokens"],
    [{ truncation_side: "up" }, "truncation_side"],
    [{ max_tokens_per_doc: -1 }, "max_tokens_per_doc"],
  ])("%j is a BadRequestError", (more, param) => {
    expect(exchange(vllm, { ...BODY, ...more })).toMatchObject({
      status: 400,
      body: { error: { type: "BadRequestError", param, code: 400 } },
    });
  });

  test("an over-long pair is 400, an unknown model 404", () => {
    const tooLong = {
      kind: "over_window",
      index: 1,
      tokens: 600,
      window: 512,
      param: "documents[1]",
    } as const;
    expect(refusal(vllm, tooLong)).toMatchObject({
      status: 400,
      body: { error: { type: "BadRequestError", param: "documents[1]", code: 400 } },
    });
    expect(refusal(vllm, { kind: "unknown_model", requested: "x", served: ["y"] })).toMatchObject({
      status: 404,
      body: { error: { type: "NotFoundError", code: 404 } },
    });
  });
});
