import { expect, test } from "vitest";
import { loadCrossEncoder, selfCheckLogits } from "../../engine/index.ts";
import { engineModule } from "../fixtures/engine.ts";
import { SMALL_SHAPE, syntheticModel, type SyntheticShape } from "../fixtures/synthetic-model.ts";

const digitsOf = async (shape: SyntheticShape): Promise<string> =>
  selfCheckLogits(await loadCrossEncoder(engineModule, syntheticModel(shape)));

test.each<[string, Partial<SyntheticShape>, number]>([
  ["a reranker", {}, 2],
  ["a classifier of three labels", { labels: 3 }, 6],
])("the self-check of %s is the same each time, four bytes a logit", async (_, shape, logits) => {
  const digits = await digitsOf({ ...SMALL_SHAPE, ...shape });
  expect(digits).toMatch(/^[0-9a-f]+$/);
  expect(digits).toHaveLength(logits * 8);
  expect(await digitsOf({ ...SMALL_SHAPE, ...shape })).toBe(digits);
});

test("a token classifier has the logits of every token, cut to its window", async () => {
  const shape = { ...SMALL_SHAPE, kind: "token-classification", labels: 2 } as const;
  const digits = await digitsOf({ ...shape, maxSeqLength: 16 });
  expect(digits.length / 8).toBeLessThanOrEqual(2 * 2 * 16);
  expect(digits.length / 8).toBeGreaterThan(2);
});

test("another model has another self-check", async () => {
  expect(await digitsOf({ ...SMALL_SHAPE, seed: 2 })).not.toBe(await digitsOf(SMALL_SHAPE));
});
