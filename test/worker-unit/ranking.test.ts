import { expect, test } from "vitest";
import { rankDocuments } from "../../worker/ranking.ts";

const SCORED = [
  { logit: -2, tokens: 5 },
  { logit: 3, tokens: 7 },
  { logit: -2, tokens: 9 },
];

test("documents stand by descending logit, of equal ones the lower index first", () => {
  const { results, tokens } = rankDocuments({ topN: 3, minScore: 0 }, SCORED, []);
  expect(results.map(({ index }) => index)).toEqual([1, 0, 2]);
  expect(tokens).toBe(21);
});

test("topN and minScore cut the list, not the work", () => {
  const indicesOf = (topN: number, minScore: number) => {
    const { results, tokens } = rankDocuments({ topN, minScore }, SCORED, []);
    expect(tokens).toBe(21);
    return results.map(({ index }) => index);
  };
  expect(indicesOf(2, 0)).toEqual([1, 0]);
  expect(indicesOf(99, 0.5)).toEqual([1]);
  expect(indicesOf(99, 1)).toEqual([]);
});

test("each result knows its tokens and what was cut off", () => {
  const cuts = [{ index: 1, queryTokens: 1, documentTokens: 2 }];
  const { results } = rankDocuments({ topN: 2, minScore: 0 }, SCORED, cuts);
  expect(results[0]).toMatchObject({ tokens: 7, queryTokensCut: 1, documentTokensCut: 2 });
  expect(results[1]).toMatchObject({ tokens: 5, queryTokensCut: 0, documentTokensCut: 0 });
});
