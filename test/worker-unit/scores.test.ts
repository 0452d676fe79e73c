import fc from "fast-check";
import { expect, test } from "vitest";
import { bestLabel, rank, sigmoid } from "../../worker/scores.ts";

test("the sigmoid is exact where it is known and never leaves [0, 1]", () => {
  expect(sigmoid(0)).toBe(0.5);
  expect(sigmoid(Math.log(3))).toBeCloseTo(0.75, 15);
  for (const logit of [-1e9, -800, -40, 40, 800, 1e9]) {
    expect(sigmoid(logit)).toBeGreaterThanOrEqual(0);
    expect(sigmoid(logit)).toBeLessThanOrEqual(1);
  }
});

test("the score of one label is the sigmoid of its logit, not a softmax of 1", () => {
  expect(bestLabel(Float32Array.of(-2))).toEqual({ column: 0, score: sigmoid(-2) });
});

test("the score of several labels is the softmax of the best", () => {
  const { column, score } = bestLabel(Float32Array.of(1, 3, 2));
  expect(column).toBe(1);
  expect(score).toBeCloseTo(Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3)), 12);
  expect(bestLabel(Float32Array.of(900, 1000)).score).toBe(1);
});

test("of equal labels the first is the best", () => {
  expect(bestLabel(Float32Array.of(5, 5))).toEqual({ column: 0, score: 0.5 });
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
