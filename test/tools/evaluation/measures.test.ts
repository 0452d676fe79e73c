import { describe, expect, test } from "vitest";
import { kendallTau, mean, nDcg, reciprocalRank } from "../../../tools/evaluation/measures.ts";

describe("measures of a ranking", () => {
  test("RR@k is the inverse rank of the first relevant document, 0 beyond the cutoff", () => {
    expect(reciprocalRank([0, 0, 1, 1], 10)).toBe(1 / 3);
    expect(reciprocalRank([0, 0, 1], 2)).toBe(0);
    expect(reciprocalRank([], 10)).toBe(0);
  });

  test("nDCG@k of graded relevance, worked by hand", () => {
    const dcg = 1 / Math.log2(2) + 2 / Math.log2(4);
    const ideal = 2 / Math.log2(2) + 1 / Math.log2(3);
    expect(nDcg([1, 0, 2], [2, 1], 10)).toBeCloseTo(dcg / ideal, 12);
    expect(nDcg([2, 1, 0], [1, 2], 10)).toBe(1);
  });

  test("nDCG@k counts relevant documents that were not retrieved, and cuts the ideal ranking too", () => {
    expect(nDcg([1], [1, 1], 10)).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 12);
    expect(nDcg([1, 1], [1, 1, 1, 1], 2)).toBe(1);
    expect(nDcg([0, 0], [], 10)).toBe(0);
  });

  test("Kendall's tau is 1 for one order, -1 for the opposite and 1/3 for one swap of three", () => {
    expect(kendallTau([1, 2, 3], [10, 20, 30])).toBe(1);
    expect(kendallTau([1, 2, 3], [3, 2, 1])).toBe(-1);
    expect(kendallTau([1, 2, 3], [1, 3, 2])).toBeCloseTo(1 / 3, 12);
  });

  test("Kendall's tau treats ties as tau-b does", () => {
    expect(kendallTau([1, 1, 2], [1, 2, 3])).toBeCloseTo(2 / Math.sqrt(6), 12);
    expect(kendallTau([1, 1], [2, 2])).toBe(1);
    expect(kendallTau([1, 1], [1, 2])).toBe(0);
  });

  test("a mean is over queries", () => {
    expect(mean([1, 0, 0.5])).toBe(0.5);
  });
});
