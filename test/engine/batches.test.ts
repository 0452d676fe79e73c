import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { planBatches } from "../../engine/index.ts";

describe("planning batches", () => {
  test("fills each batch before it opens the next, in order", () => {
    expect(planBatches([3, 4, 5, 5, 1, 10], 10)).toEqual([[0, 1], [2, 3], [4], [5]]);
  });

  test("wants less in a batch than one sequence may have", () => {
    expect(planBatches([3, 1, 9, 2, 2, 1], 10, 4)).toEqual([[0, 1], [2], [3, 4], [5]]);
  });

  test("nothing to do is no batch", () => {
    expect(planBatches([], 10)).toEqual([]);
    expect(planBatches([], 10, 4)).toEqual([]);
  });

  test("a sequence that fits no batch is an error naming it", () => {
    expect(() => planBatches([1, 11], 10)).toThrow(
      new RangeError("sequence 1 has 11 tokens, a batch holds at most 10"),
    );
  });

  test("every index comes once, in order, and no batch is empty, over budget, or could have taken the next sequence", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 64 })),
        fc.integer({ min: 64, max: 256 }),
        (lengths, budget) => {
          const batches = planBatches(lengths, budget);
          expect(batches.flat()).toEqual(lengths.map((_, index) => index));
          const tokens = batches.map((batch) =>
            batch.reduce((sum, index) => sum + lengths[index]!, 0),
          );
          for (const [index, batch] of batches.entries()) {
            expect(batch.length).toBeGreaterThan(0);
            expect(tokens[index]).toBeLessThanOrEqual(budget);
            const next = batches[index + 1]?.[0];
            if (next !== undefined) expect(tokens[index]! + lengths[next]!).toBeGreaterThan(budget);
          }
        },
      ),
      { seed: 1 },
    );
  });
});
