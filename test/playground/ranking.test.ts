import { describe, expect, test } from "vitest";
import { movementText, rankingOf } from "../../playground/ranking.ts";

describe("the ranking", () => {
  test("tells how far each document moved", () => {
    const scores = [
      { index: 2, score: 0.9 },
      { index: 0, score: 0.5 },
      { index: 1, score: 0.1 },
    ];
    expect(rankingOf(scores, false)).toEqual([
      { index: 2, score: 0.9, rank: 1, moved: 2, bar: 0.9 },
      { index: 0, score: 0.5, rank: 2, moved: -1, bar: 0.5 },
      { index: 1, score: 0.1, rank: 3, moved: -1, bar: 0.1 },
    ]);
  });

  test("puts rows in order, of equal scores the lower index first", () => {
    const scores = [0.2, 0.7, 0.7, 0.1].map((score, index) => ({ index, score })).reverse();
    expect(rankingOf(scores, false).map(({ index }) => index)).toEqual([1, 2, 0, 3]);
  });

  test("draws a logit as long as its sigmoid", () => {
    const bars = rankingOf(
      [
        { index: 0, score: 0 },
        { index: 1, score: -400 },
      ],
      true,
    ).map(({ bar }) => bar);
    expect(bars[0]).toBe(0.5);
    expect(bars[1]).toBeCloseTo(0);
  });
});

test("a movement is told in words", () => {
  expect([0, 1, -1, 4, -3].map(movementText)).toEqual([
    "same place",
    "up 1 place",
    "down 1 place",
    "up 4 places",
    "down 3 places",
  ]);
});
