import { expect, test } from "vitest";
import { loadCrossEncoder } from "../../engine/index.ts";
import { engineModule } from "../fixtures/engine.ts";
import { syntheticModel, type SyntheticShape } from "../fixtures/synthetic-model.ts";

const SMALL: SyntheticShape = {
  name: "small",
  hiddenSize: 32,
  numLayers: 1,
  numHeads: 2,
  intermediateSize: 64,
  vocabSize: 200,
  maxSeqLength: 32,
  labels: 1,
  seed: 1,
};
const LARGE = { ...SMALL, hiddenSize: 128, numLayers: 3, intermediateSize: 256, seed: 2 };
const PAIRS = ["a b", "w1 w2 c d e f", "", "g ".repeat(50)].map((text) => ["q w3", text] as const);

test.each([
  ["smaller", LARGE, SMALL],
  ["larger", SMALL, LARGE],
])(
  "a %s model in another's memory gives the bits it gives in its own",
  async (_, before, after) => {
    const own = await loadCrossEncoder(engineModule, syntheticModel(after));
    const recycled = await loadCrossEncoder(engineModule, syntheticModel(before));
    recycled.score(PAIRS);
    const model = await loadCrossEncoder(engineModule, syntheticModel(after), { recycled });
    expect(model.score(PAIRS)).toEqual(own.score(PAIRS));
    expect(model.memoryBytes).toBeGreaterThanOrEqual(own.memoryBytes);
    expect(() => recycled.score(PAIRS)).toThrow("the model's memory was given to another");
  },
);
