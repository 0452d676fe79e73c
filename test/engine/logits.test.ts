import { describe, expect, test } from "vitest";
import { loadCrossEncoder, planBatches } from "../../engine/index.ts";
import { defaultModel, engineModule } from "../fixtures/engine.ts";
import { logitsFixture, syntheticFixture } from "../fixtures/logits-fixture.ts";
import { syntheticModel } from "../fixtures/synthetic-model.ts";

/** The most that quantized activations may move a logit from float32 on the same weights. */
const LOGIT_TOLERANCE = 0.05;

const { library, version, command, weightsSha256 } = logitsFixture.manifest;

describe(`the default model's logits are those of Python's ${library} ${version} in float32`, async () => {
  const { manifest, ...engine } = await scoreFixture();

  test("the fixture was made from the committed weights", () => {
    expect(weightsSha256, `run ${command}`).toBe(manifest.weights.sha256);
  });

  test("every pair is as long as there", () => {
    expect(engine.tokens).toEqual(logitsFixture.pairs.map(({ tokens }) => tokens));
  });

  test(`every logit lies within ${LOGIT_TOLERANCE}`, () => {
    const { length: labels } = manifest.head.labels;
    const differences = logitsFixture.pairs.map(({ name, logits }, index) => ({
      name,
      difference: Math.max(
        ...logits.map((logit, label) => Math.abs(engine.logits[index * labels + label]! - logit)),
      ),
    }));
    expect(differences.filter(({ difference }) => !(difference <= LOGIT_TOLERANCE))).toEqual([]);
  });
});

describe(`other shapes and label counts agree with Python's ${syntheticFixture.manifest.library} ${syntheticFixture.manifest.version}`, () => {
  test.each(syntheticFixture.models)("$shape.name", async ({ shape, sequences }) => {
    const crossEncoder = await loadCrossEncoder(engineModule, syntheticModel(shape));
    for (const sequence of sequences) {
      const pair = {
        inputIds: Int32Array.from(sequence.inputIds),
        tokenTypeIds: Uint8Array.from(sequence.tokenTypeIds),
        queryTokensCut: 0,
        documentTokensCut: 0,
      };
      const logits = crossEncoder.logits([pair]);
      expect(logits.length).toBe(shape.labels);
      for (const [label, logit] of sequence.logits.entries()) {
        expect(Math.abs(logits[label]! - logit)).toBeLessThan(LOGIT_TOLERANCE);
      }
    }
  });
});

/** The fixture's pairs through the default model: tokens of each, and logits `[pairs, labels]`. */
async function scoreFixture() {
  const crossEncoder = await loadCrossEncoder(engineModule, defaultModel());
  const { manifest, tokenizer, maxBatchTokens } = crossEncoder;
  const pairs = logitsFixture.pairs.map(({ query, document }) =>
    tokenizer.pair(tokenizer.encode(query), document === null ? null : tokenizer.encode(document)),
  );
  const tokens = pairs.map(({ inputIds }) => inputIds.length);
  const logits = planBatches(tokens, maxBatchTokens).flatMap((batch) =>
    Array.from(crossEncoder.logits(batch.map((index) => pairs[index]!))),
  );
  return { manifest, tokens, logits };
}
