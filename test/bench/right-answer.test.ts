import { expect, test } from "vitest";
import { sigmoid, upstreamLogit } from "../upstream/upstream-logit.ts";
import { isRightAnswer } from "./right-answer.ts";

const known = { query: "q", documents: ["a", "b", "c"], edgeLogits: [1, 3, 2] };
const BY_EDGE = [
  [1, sigmoid(3)],
  [2, sigmoid(2)],
  [0, sigmoid(1)],
] as const;

function answer(servedBy: string, ranking: readonly (readonly [number, number])[]) {
  const results = ranking.map(([index, score]) => ({ index, relevance_score: score }));
  return { headers: { "x-rerank-served-by": servedBy }, body: JSON.stringify({ results }) };
}

test("an answer is right with the scores of whoever served it", () => {
  expect(isRightAnswer(answer("edge", BY_EDGE), known)).toBe(true);
  expect(isRightAnswer(answer("backend", BY_EDGE), known)).toBe(false);
  const byBackend = known.documents
    .map((document, index) => [index, sigmoid(upstreamLogit("q", document))] as const)
    .sort((a, b) => b[1] - a[1]);
  expect(isRightAnswer(answer("backend", byBackend), known)).toBe(true);
  expect(isRightAnswer(answer("none", BY_EDGE), known)).toBe(false);
});

test("an answer with a hole, a document twice, another score or another order is wrong", () => {
  const [first, second, third] = BY_EDGE;
  for (const ranking of [
    [first, second],
    [first, second, second],
    [first, third, second],
    [first, second, [0, sigmoid(1) + 1e-3] as const],
  ]) {
    expect(isRightAnswer(answer("edge", ranking), known)).toBe(false);
  }
});
