import { describe, expect, test } from "vitest";
import { loadCrossEncoder, type EncodedPair } from "../../engine/index.ts";
import { engineModule } from "../fixtures/engine.ts";
import { syntheticModel, type SyntheticShape } from "../fixtures/synthetic-model.ts";
import { bertLogits } from "../reference/bert.ts";
import { referenceModel } from "../reference/model.ts";

/** What quantized activations may cost a logit, as everywhere. */
const LOGIT_TOLERANCE = 0.05;

const MINILM = { hiddenSize: 384, numHeads: 12, intermediateSize: 1536 };
const TINYBERT = { hiddenSize: 128, numHeads: 2, intermediateSize: 512 };

/** The ms-marco family's own sizes, except for a small vocabulary. */
const FAMILY: Omit<SyntheticShape, "vocabSize" | "maxSeqLength" | "seed">[] = [
  { name: "MiniLM-L2-H384", numLayers: 2, labels: 1, ...MINILM },
  { name: "MiniLM-L4-H384", numLayers: 4, labels: 3, ...MINILM },
  { name: "MiniLM-L6-H384", numLayers: 6, labels: 1, ...MINILM },
  { name: "MiniLM-L12-H384", numLayers: 12, labels: 1, ...MINILM },
  { name: "TinyBERT-L2-H128", numLayers: 2, labels: 77, ...TINYBERT },
  {
    name: "MiniLM-L2-H384 for tokens",
    kind: "token-classification",
    numLayers: 2,
    labels: 9,
    ...MINILM,
  },
  {
    name: "one layer for tokens",
    kind: "token-classification",
    numLayers: 1,
    labels: 2,
    ...TINYBERT,
  },
];

describe("the family's shapes load and agree with the float64 reference", () => {
  test.each(FAMILY)("$name with $labels labels", async (sizes) => {
    const model = syntheticModel({ ...sizes, vocabSize: 200, maxSeqLength: 512, seed: 5 });
    const crossEncoder = await loadCrossEncoder(engineModule, model);
    const batch = [3, 9].map((length) => pairOf(length));
    const logits = crossEncoder.logits(batch);
    const reference = referenceModel(model.manifest, model.weights);
    const expected = batch.flatMap(({ inputIds, tokenTypeIds }) =>
      Array.from(bertLogits(reference, inputIds, tokenTypeIds)),
    );
    expect(logits.length).toBe(expected.length);
    const differences = expected.map((logit, index) => Math.abs(logits[index]! - logit));
    expect(Math.max(...differences)).toBeLessThan(LOGIT_TOLERANCE);
  });
});

function pairOf(length: number): EncodedPair {
  return {
    inputIds: Int32Array.from({ length }, (_, i) => (i * 37 + length) % 200),
    tokenTypeIds: Uint8Array.from({ length }, (_, i) => Number(i > length / 2)),
    queryTokensCut: 0,
    documentTokensCut: 0,
  };
}
