import { describe, expect, test } from "vitest";
import { infinity } from "../../../worker/protocols/infinity.ts";
import { CONTEXT, exchange, refusal, score, TOKENS } from "./exchange.ts";

const BODY = { query: "q", documents: [" a ", "b"] };

test("Infinity: the answer has object rerank, usage, its own id and when it was made", () => {
  expect(exchange(infinity, BODY)).toEqual({
    status: 200,
    body: {
      object: "rerank",
      results: [
        { relevance_score: score(2), index: 1 },
        { relevance_score: score(1), index: 0 },
      ],
      model: CONTEXT.model,
      usage: { prompt_tokens: 2 * TOKENS, total_tokens: 2 * TOKENS },
      id: `infinity-${CONTEXT.id}`,
      created: CONTEXT.created,
    },
  });
});

test("Infinity: document is a bare string, stripped of white space around it", () => {
  expect(exchange(infinity, { ...BODY, return_documents: true }).body).toMatchObject({
    results: [{ document: "b" }, { document: "a" }],
  });
});

test("Infinity: raw_scores gives logits", () => {
  expect(exchange(infinity, { ...BODY, raw_scores: true, top_n: 1 }).body).toHaveProperty(
    "results",
    [{ relevance_score: 2, index: 1 }],
  );
});

describe("Infinity: errors", () => {
  test("a body of the wrong form is 422 with FastAPI's detail", () => {
    expect(exchange(infinity, { query: "q", documents: ["a", 5] })).toEqual({
      status: 422,
      body: {
        detail: [
          {
            type: "invalid_value",
            loc: ["body", "documents", 1],
            msg: expect.stringContaining("documents[1] must be a string") as string,
          },
        ],
      },
    });
    expect(exchange(infinity, { ...BODY, top_n: 0 }).status).toBe(422);
  });

  test("a model that is not served is 400", () => {
    expect(refusal(infinity, { kind: "unknown_model", requested: "x", served: ["y"] })).toEqual({
      status: 400,
      body: {
        error: {
          message: expect.stringContaining('"x" is not served') as string,
          type: null,
          param: null,
          code: 400,
        },
      },
    });
  });

  test("overload is 429", () => {
    expect(
      refusal(infinity, { kind: "overloaded", limit: "maxQueuedRequests", retryAfterSeconds: 3 }),
    ).toMatchObject({
      status: 429,
      body: { error: { code: 429 } },
    });
  });
});
