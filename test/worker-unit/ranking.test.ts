import { expect, test } from "vitest";
import type { PairScore } from "../../worker/pair-scores.ts";
import { rankDocuments } from "../../worker/ranking.ts";

const SCORES = [scored(-2), scored(3, 1, 2), scored(-2)];

function scored(logit: number, queryTokensCut = 0, documentTokensCut = 0): PairScore {
  return { logit, reading: { tokens: 7, queryTokensCut, documentTokensCut, start: 0, end: 0 } };
}

test("documents stand by descending logit, of equal ones the lower index first", () => {
  const { results } = rankDocuments({ topN: 3, minScore: 0 }, SCORES, 21);
  expect(results.map(({ index }) => index)).toEqual([1, 0, 2]);
});

test("topN and minScore cut the list, not the work", () => {
  const indicesOf = (topN: number, minScore: number) => {
    const { results, tokens } = rankDocuments({ topN, minScore }, SCORES, 21);
    expect(tokens).toBe(21);
    return results.map(({ index }) => index);
  };
  expect(indicesOf(2, 0)).toEqual([1, 0]);
  expect(indicesOf(99, 0.5)).toEqual([1]);
  expect(indicesOf(99, 1)).toEqual([]);
});

test("what was cut off is told, of each document and of all", () => {
  const { results, cuts } = rankDocuments({ topN: 2, minScore: 0 }, SCORES, 21);
  expect(results[0]!.reading).toMatchObject({ queryTokensCut: 1, documentTokensCut: 2 });
  expect(results[1]!.reading).toMatchObject({ queryTokensCut: 0, documentTokensCut: 0 });
  expect(cuts).toEqual([{ index: 1, queryTokens: 1, documentTokens: 2 }]);
});

test("of a document that a backend has scored, nobody knows what was cut off", () => {
  const scores = [SCORES[1]!, { logit: 1, reading: null }];
  const { results, cuts } = rankDocuments({ topN: 2, minScore: 0 }, scores, 21);
  expect(results.map(({ index, reading }) => [index, reading === null])).toEqual([
    [0, false],
    [1, true],
  ]);
  expect(cuts).toBeNull();
});
