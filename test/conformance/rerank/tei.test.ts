import { describe, expect, test } from "vitest";
import { teiRerank } from "../../../worker/protocols/tei-rerank.ts";
import type { Failure } from "../../../worker/errors.ts";
import { exchange, refusal, score, taskOf } from "./exchange.ts";

const BODY = { query: "q", texts: ["a", "b"] };

test("TEI: the answer is a bare array of index and score", () => {
  expect(exchange(teiRerank, BODY)).toEqual({
    status: 200,
    body: [
      { index: 1, score: score(2) },
      { index: 0, score: score(1) },
    ],
  });
});

test("TEI: raw_scores gives logits, return_text the text", () => {
  expect(exchange(teiRerank, { ...BODY, raw_scores: true, return_text: true }).body).toEqual([
    { index: 1, score: 2, text: "b" },
    { index: 0, score: 1, text: "a" },
  ]);
});

test("TEI: LiteLLM's top_n has no effect", () => {
  expect(exchange(teiRerank, { ...BODY, top_n: 1 }).body).toHaveLength(2);
});

test("TEI, known difference: of equal scores the lower index comes first", () => {
  expect(exchange(teiRerank, BODY, { logits: [1, 1] }).body).toEqual([
    { index: 0, score: score(1) },
    { index: 1, score: score(1) },
  ]);
});

test("TEI: truncate is true unless sent, at the right unless told otherwise", () => {
  const fitOf = (more: object) => taskOf(teiRerank, { ...BODY, ...more }).request.fit;
  expect(fitOf({ truncate: null })).toMatchObject({ longDocuments: "truncate", side: "right" });
  expect(fitOf({ truncate: false })).toMatchObject({ longDocuments: "refuse" });
  expect(fitOf({ truncation_direction: "Left" })).toMatchObject({ side: "left" });
  expect(fitOf({ truncation_direction: "right" })).toMatchObject({ side: "right" });
});

test("TEI: headers tell times in milliseconds, characters and tokens", () => {
  const times = { queueMs: 1.9, tokenizationMs: 2, inferenceMs: 30, totalMs: 35 };
  const { headers } = taskOf(teiRerank, { query: "q🙂", texts: ["abc", "d"] });
  expect(headers!(21, times)).toEqual({
    "x-compute-type": "cpu",
    "x-compute-time": "35",
    // The query of two code points counts once for each text.
    "x-compute-characters": "8",
    "x-compute-tokens": "21",
    "x-total-time": "35",
    "x-tokenization-time": "2",
    "x-queue-time": "1",
    "x-inference-time": "30",
  });
});

describe("TEI: errors", () => {
  test("no texts are Empty", () => {
    expect(exchange(teiRerank, { query: "q", texts: [] })).toEqual({
      status: 400,
      body: { error: "`texts` cannot be empty", error_type: "Empty" },
    });
  });

  test.each<[string, Failure, number, string, string | undefined]>([
    [
      "an over-long text",
      { kind: "over_window", index: 0, tokens: 534, window: 512, param: "texts[0]" },
      422,
      "Validation",
      "`inputs` must have less than 512 tokens. Given: 534",
    ],
    [
      "too many texts",
      { kind: "over_limit", limit: "maxDocuments", actual: 1_001, param: "texts" },
      422,
      "Validation",
      "batch size 1001 > maximum allowed batch size 1000",
    ],
    [
      "too many bytes",
      { kind: "over_limit", limit: "maxBodyBytes", actual: 7_000_000, param: "body" },
      413,
      "Validation",
      undefined,
    ],
    [
      "overload",
      { kind: "overloaded", limit: "maxQueuedRequests", retryAfterSeconds: 3 },
      429,
      "Overloaded",
      undefined,
    ],
    [
      "a classifier",
      { kind: "not_a_ranker", head: "sequence-classification", labels: 3 },
      424,
      "Backend",
      "model is not a re-ranker model",
    ],
  ])("%s", (_, failure, status, type, message) => {
    expect(refusal(teiRerank, failure)).toEqual({
      status,
      body: { error: message ?? (expect.any(String) as string), error_type: type },
    });
  });

  test.each([
    { texts: ["a"] },
    { query: "q" },
    { ...BODY, texts: [5] },
    { ...BODY, truncation_direction: "up" },
    { ...BODY, truncate: "yes" },
  ])("%j is a Validation", (body) => {
    expect(exchange(teiRerank, body)).toMatchObject({
      status: 422,
      body: { error_type: "Validation" },
    });
  });
});
