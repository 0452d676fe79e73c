import { describe, expect, test } from "vitest";
import { kendallTau } from "../../tools/evaluation/measures.ts";
import { seededRandom } from "../../tools/evaluation/random.ts";
import { rankAgreement } from "./rank-agreement.ts";

describe("agreement of two rankings", () => {
  test("is 1 for one order, -1 for the opposite and 1/3 for one swap of three", () => {
    expect(rankAgreement([1, 2, 3], [2, 4, 6], 0.1)).toBe(1);
    expect(rankAgreement([1, 2, 3], [3, 2, 1], 0.1)).toBe(-1);
    expect(rankAgreement([1, 2, 3], [1, 3, 2], 0.1)).toBeCloseTo(1 / 3, 12);
  });

  test("is tau-b of the evaluation where nothing is left out, ties included", () => {
    const random = seededRandom(1);
    for (let length = 1; length < 40; length++) {
      const a = Array.from({ length }, () => Math.floor(random() * 12));
      const b = a.map((value) => value + Math.floor(random() * 6));
      expect(rankAgreement(a, b, 0)).toBe(kendallTau(a, b));
    }
  });

  test("leaves out a swap within epsilon, and no greater one", () => {
    expect(rankAgreement([0, 0.01, 5], [0.01, 0, 5], 0.02)).toBe(1);
    expect(rankAgreement([0, 0.03, 5], [0.03, 0, 5], 0.02)).toBeCloseTo(1 / 3, 12);
  });

  test("a pair on both sides of epsilon costs nothing while its order is the same", () => {
    expect(rankAgreement([0, 0.019], [0, 0.022], 0.02)).toBe(1);
    expect(rankAgreement([0, 0.019], [0, 0.02], 0.02)).toBe(1);
  });

  test("one score for everything does not pass for an order", () => {
    expect(rankAgreement([1, 2, 3], [1, 1, 1], 0.02)).toBe(0);
    expect(rankAgreement([1, 1, 2], [1, 2, 3], 0.02)).toBeCloseTo(2 / Math.sqrt(6), 12);
  });

  test("is 1 where there is nothing to order", () => {
    expect(rankAgreement([1], [1], 0.02)).toBe(1);
    expect(rankAgreement([1, 1.01], [1.01, 1], 0.02)).toBe(1);
  });
});
