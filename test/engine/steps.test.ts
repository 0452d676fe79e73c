import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type EncodedPair,
  type Head,
  type PackedModel,
  loadCrossEncoder,
} from "../../engine/index.ts";
import { defaultModel, engineModule } from "../fixtures/engine.ts";
import { syntheticModel } from "../fixtures/synthetic-model.ts";

const smallModel = (kind: Head["kind"], numLayers: number, labels: number) =>
  syntheticModel({
    name: "steps",
    kind,
    hiddenSize: 48,
    numLayers,
    numHeads: 2,
    intermediateSize: 80,
    vocabSize: 150,
    maxSeqLength: 60,
    labels,
    seed: 21,
  });

const KINDS = [
  ["sequence-classification", 1],
  ["multi-label-classification", 3],
  ["token-classification", 5],
] as const;

/** Every kind of head over every small number of layers, many times; the default model once. */
const subjects: { name: string; model: PackedModel; longest: number; numRuns: number }[] = [
  ...KINDS.flatMap(([kind, labels]) =>
    [1, 2, 3].map((layers) => ({
      name: `${kind} of ${layers} layers`,
      model: smallModel(kind, layers, labels),
      longest: 60,
      numRuns: 30,
    })),
  ),
  { name: "the default model", model: defaultModel(), longest: 32, numRuns: 1 },
];

describe.each(subjects)("$name", async ({ model, longest, numRuns }) => {
  const encoder = await loadCrossEncoder(engineModule, model);
  const { vocabSize, numLayers } = encoder.manifest.architecture;
  const parameters = { seed: 6, numRuns };

  const pair: fc.Arbitrary<EncodedPair> = fc.integer({ min: 2, max: longest }).chain((length) =>
    fc.record({
      inputIds: fc.int32Array({
        min: 0,
        max: vocabSize - 1,
        minLength: length,
        maxLength: length,
      }),
      tokenTypeIds: fc
        .integer({ min: 1, max: length })
        .map((query) => new Uint8Array(length).fill(1, query)),
      queryTokensCut: fc.constant(0),
      documentTokensCut: fc.constant(0),
    }),
  );
  const batches = fc.array(pair, { minLength: 1, maxLength: 8 });

  /** Runs a batch in steps. @param between - Called between any two of them. */
  const inSteps = (batch: readonly EncodedPair[], between: () => void) => {
    const steps = encoder.logitsInSteps(batch);
    for (let count = 1; ; count++) {
      const { done, value } = steps.next();
      if (done) return { logits: value, count };
      between();
    }
  };

  test("steps give the bits of one call, whatever is computed between them, and the other its own", () => {
    fc.assert(
      fc.property(batches, batches, (batch, other) => {
        const [expected, expectedOther] = [encoder.logits(batch), encoder.logits(other)];
        const { logits, count } = inSteps(batch, () => {
          expect(encoder.logits(other)).toEqual(expectedOther);
        });
        expect(bitsOf(logits)).toEqual(bitsOf(expected));
        expect(count).toBe(numLayers);
      }),
      parameters,
    );
  });

  test("two batches in steps at once keep out of each other's way", () => {
    fc.assert(
      fc.property(batches, batches, (batch, other) => {
        const expected = [batch, other].map((one) => bitsOf(encoder.logits(one)));
        const generators = [batch, other].map((one) => encoder.logitsInSteps(one));
        let results = generators.map((steps) => steps.next());
        while (!results[0]!.done) results = generators.map((steps) => steps.next());
        expect(results.map(({ value }) => bitsOf(value as Float32Array))).toEqual(expected);
      }),
      parameters,
    );
  });

  test("a batch that is abandoned after any step does no harm to another", () => {
    fc.assert(
      fc.property(
        batches,
        batches,
        fc.integer({ min: 0, max: numLayers - 1 }),
        (batch, other, after) => {
          const expected = encoder.logits(other);
          const left = encoder.logitsInSteps(batch);
          for (let step = 0; step < after; step++) left.next();
          expect(bitsOf(encoder.logits(other))).toEqual(bitsOf(expected));
          left.return(new Float32Array());
          const { logits } = inSteps(other, () => undefined);
          expect(bitsOf(logits)).toEqual(bitsOf(expected));
        },
      ),
      parameters,
    );
  });
});

describe("steps", async () => {
  const model = smallModel("sequence-classification", 2, 1);
  const encoder = await loadCrossEncoder(engineModule, model);
  const pairOf = (id: number): EncodedPair => ({
    inputIds: Int32Array.of(id, 1, 2),
    tokenTypeIds: Uint8Array.of(0, 0, 1),
    queryTokensCut: 0,
    documentTokensCut: 0,
  });

  test("of an empty batch are none", () => {
    expect(encoder.logitsInSteps([]).next()).toEqual({ done: true, value: new Float32Array(0) });
  });

  test("begin with the checks of one call", () => {
    expect(() => encoder.logitsInSteps([pairOf(150)]).next()).toThrow(RangeError);
  });

  test("end when another model takes the memory, which begins anew there", async () => {
    const steps = encoder.logitsInSteps([pairOf(3)]);
    const expected = encoder.logits([pairOf(3)]);
    expect(steps.next().done).toBe(false);
    const again = await loadCrossEncoder(engineModule, model, { recycled: encoder });
    expect(() => steps.next()).toThrow("the model's memory was given to another");
    const anew = again.logitsInSteps([pairOf(3)]);
    anew.next();
    expect(anew.next()).toEqual({ done: true, value: expected });
  });
});

function bitsOf(logits: Float32Array): number[] {
  return [...new Uint32Array(logits.buffer, logits.byteOffset, logits.length)];
}
