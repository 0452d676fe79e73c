import { describe, expect, test } from "vitest";
import { Bm25, bm25Terms } from "../../../tools/evaluation/bm25.ts";

describe("BM25", () => {
  test("terms are lower-case runs of letters and digits of any script", () => {
    expect(bm25Terms("Don't panic: Zürich's 42 œuvres, 東京!")).toEqual([
      "don",
      "t",
      "panic",
      "zürich",
      "s",
      "42",
      "œuvres",
      "東京",
    ]);
    expect(bm25Terms("… ?!")).toEqual([]);
  });

  test("a score is the formula's, worked by hand", () => {
    const [best] = new Bm25(["red fox red", "blue fox", "green hen", "hen"]).search("red", 10);
    // N 4, df 1; tf 2, length 3, average length 2.
    const idf = Math.log(1 + 3.5 / 1.5);
    expect(best).toEqual({
      index: 0,
      score: expect.closeTo((idf * 2) / (2 + 0.9 * (0.6 + 0.4 * 1.5)), 12),
    });
  });

  test("the rarer term counts for more, and of equal scores the lower index comes first", () => {
    const index = new Bm25(["common one", "common two", "common rare", "common six"]);
    expect(index.search("common rare", 10).map(({ index: place }) => place)).toEqual([2, 0, 1, 3]);
  });

  test("texts that share no term are left out, and depth cuts the rest", () => {
    const index = new Bm25(["a b", "c d", "a d"]);
    expect(index.search("zebra", 5)).toEqual([]);
    expect(index.search("a", 5)).toHaveLength(2);
    expect(index.search("a", 1)).toHaveLength(1);
  });

  test("a repeated query term counts twice", () => {
    const index = new Bm25(["a b", "b c", "c d"]);
    const [once] = index.search("a", 1);
    const [twice] = index.search("a a", 1);
    expect(twice!.score).toBeCloseTo(2 * once!.score, 12);
  });
});
