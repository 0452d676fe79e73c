import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bestColumn,
  logitOf,
  rank,
  scoreFunctionOf,
  scoresOf,
  sigmoid,
  softmax,
} from "../../engine/scores.ts";

test("the sigmoid is exact where it is known and never leaves [0, 1]", () => {
  expect(sigmoid(0)).toBe(0.5);
  expect(sigmoid(Math.log(3))).toBeCloseTo(0.75, 15);
  for (const logit of [-1e9, -800, -40, 40, 800, 1e9]) {
    expect(sigmoid(logit)).toBeGreaterThanOrEqual(0);
    expect(sigmoid(logit)).toBeLessThanOrEqual(1);
  }
});

describe("the logit of a score", () => {
  test("is exact where it is known", () => {
    expect(logitOf(0.5)).toBe(0);
    expect(logitOf(0.75)).toBeCloseTo(Math.log(3), 15);
  });

  test("is finite for scores that were rounded to 0 or 1, and has the same sigmoid", () => {
    for (const score of [0, 1]) {
      expect(Number.isFinite(logitOf(score))).toBe(true);
      expect(sigmoid(logitOf(score))).toBe(score);
    }
  });

  test("is the logit that the sigmoid was made of, as exactly as the score says", () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 30, noNaN: true }), (logit) => {
        // A score near 1 has few digits left for its distance to 1.
        const digits = Number.EPSILON * (4 * Math.abs(logit) + 4 * Math.exp(Math.max(0, logit)));
        expect(Math.abs(logitOf(sigmoid(logit)) - logit)).toBeLessThanOrEqual(digits);
      }),
      { seed: 6 },
    );
  });

  test("gives the score back, and keeps the order of scores", () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(score, score, (one, other) => {
        expect(Math.abs(sigmoid(logitOf(one)) - one)).toBeLessThanOrEqual(1e-13 * one + 1e-300);
        if (one < other) expect(logitOf(one)).toBeLessThanOrEqual(logitOf(other));
      }),
      { seed: 7 },
    );
  });
});

test("the softmax is exact where it is known, whatever the size of the logits", () => {
  const sum = Math.exp(1) + Math.exp(3) + Math.exp(2);
  for (const [column, score] of softmax([1, 3, 2]).entries())
    expect(score).toBeCloseTo(Math.exp([1, 3, 2][column]!) / sum, 12);
  expect(softmax([900, 1000])[1]).toBe(1);
  expect(softmax([5, 5])).toEqual([0.5, 0.5]);
});

test("one label, or each of many, is scored by its sigmoid; one of several by softmax", () => {
  const logits = Float32Array.of(-2, 1);
  const two = ["a", "b"];
  const kindOf = (kind: Parameters<typeof scoreFunctionOf>[0]["kind"], labels: string[]) =>
    scoreFunctionOf({ kind, labels });
  expect(kindOf("sequence-classification", ["a"])).toBe("sigmoid");
  expect(kindOf("multi-label-classification", two)).toBe("sigmoid");
  expect(kindOf("sequence-classification", two)).toBe("softmax");
  expect(kindOf("token-classification", two)).toBe("softmax");
  expect(scoresOf(logits, "sigmoid")).toEqual([sigmoid(-2), sigmoid(1)]);
  expect(scoresOf(logits, "softmax")).toEqual(softmax([-2, 1]));
  expect(scoresOf(logits, "none")).toEqual([-2, 1]);
});

test("of equal labels the first is the best", () => {
  expect(bestColumn(Float32Array.of(5, 5))).toBe(0);
  expect(bestColumn([1, 3, 3])).toBe(1);
});

test("a ranking is a permutation by descending logit, of equal ones the lower index first", () => {
  const logits = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 50 });
  fc.assert(
    fc.property(logits, (values) => {
      const order = rank(Float32Array.from(values));
      expect(order.toSorted((a, b) => a - b)).toEqual([...values.keys()]);
      for (const [place, index] of order.slice(1).entries()) {
        const before = order[place]!;
        const isTie = values[before] === values[index];
        expect(isTie ? before < index : values[before]! > values[index]!).toBe(true);
      }
    }),
    { seed: 5 },
  );
});

test("logits that differ are ranked even where their sigmoids are both 1", () => {
  expect(sigmoid(41)).toBe(sigmoid(40));
  expect(rank(Float32Array.of(40, 41))).toEqual([1, 0]);
});
