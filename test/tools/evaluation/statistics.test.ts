import { describe, expect, test } from "vitest";
import { calibrate, sigmoid } from "../../../tools/evaluation/calibration.ts";
import { percentile } from "../../../tools/evaluation/percentile.ts";
import { randomizationTest } from "../../../tools/evaluation/randomization-test.ts";

describe("paired randomization test", () => {
  test("p approaches the share of all sign patterns that are as extreme", () => {
    // Of the 16 patterns only all plus and all minus reach a sum of 10.
    expect(randomizationTest([1, 2, 3, 4])).toBeCloseTo(2 / 16, 1);
  });

  test("p is 1 where nothing differs, and where the differences cancel", () => {
    expect(randomizationTest([])).toBe(1);
    expect(randomizationTest([0, 0])).toBe(1);
    expect(randomizationTest([1, -1])).toBe(1);
  });

  test("p has a least value, and does not depend on the direction", () => {
    const gains = Array.from({ length: 50 }, (_, index) => 0.1 + index / 100);
    expect(randomizationTest(gains)).toBe(1 / 10_001);
    expect(randomizationTest(gains.map((gain) => -gain))).toBe(1 / 10_001);
  });

  test("sums that are equal on paper count, whatever their last bits", () => {
    expect(randomizationTest([0.1, 0.2, 0.3, -0.6])).toBe(1);
    expect(randomizationTest([0.1])).toBe(1);
  });

  test("the same seed gives the same p, and another seed another", () => {
    const differences = [0.3, -0.1, 0.2, 0.05, -0.2, 0.4];
    expect(randomizationTest(differences, { seed: 7 })).toBe(
      randomizationTest(differences, { seed: 7 }),
    );
    expect(randomizationTest(differences, { seed: 7 })).not.toBe(
      randomizationTest(differences, { seed: 8 }),
    );
  });
});

describe("calibration", () => {
  test("the error is the mean distance of score and share, weighted by the bins' sizes", () => {
    const { bins, error } = calibrate([0.1, 0.2, 0.9, 1], [false, true, true, true], 2);
    expect(bins).toMatchObject([
      { from: 0, to: 0.5, count: 2, meanScore: expect.closeTo(0.15), relevantShare: 0.5 },
      { from: 0.5, to: 1, count: 2, meanScore: expect.closeTo(0.95), relevantShare: 1 },
    ]);
    expect(error).toBeCloseTo((2 * 0.35 + 2 * 0.05) / 4, 12);
  });

  test("scores that are the share of relevant documents have none", () => {
    const scores = Array.from({ length: 10 }, () => 0.3);
    const relevant = scores.map((_score, index) => index < 3);
    expect(calibrate(scores, relevant).error).toBeCloseTo(0, 12);
    expect(calibrate([], []).error).toBe(0);
  });

  test("the sigmoid of 0 is a half, and it never leaves [0, 1]", () => {
    expect([sigmoid(0), sigmoid(-1000), sigmoid(1000)]).toEqual([0.5, 0, 1]);
  });
});

test("a percentile is the smallest value that the share of the values does not exceed", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 95, 99, 100]);
  expect(percentile([7], 0.5)).toBe(7);
  expect(percentile([], 0.5)).toBeNaN();
});
