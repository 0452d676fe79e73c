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

const smallModel = (kind?: Head["kind"]) =>
  syntheticModel({
    name: "invariants",
    ...(kind && { kind }),
    hiddenSize: 48,
    numLayers: 2,
    numHeads: 2,
    intermediateSize: 80,
    vocabSize: 150,
    maxSeqLength: 60,
    labels: 3,
    seed: 11,
  });

/** The same properties for all: small models many times, the default one a few times. */
const subjects: { name: string; model: PackedModel; longest: number; numRuns: number }[] = [
  { name: "a synthetic model with three labels", model: smallModel(), longest: 60, numRuns: 100 },
  {
    name: "a synthetic token classifier",
    model: smallModel("token-classification"),
    longest: 60,
    numRuns: 100,
  },
  { name: "the default model", model: defaultModel(), longest: 32, numRuns: 3 },
];

describe.each(subjects)("$name", async ({ model, longest, numRuns }) => {
  const crossEncoder = await loadCrossEncoder(engineModule, model);
  const { architecture, head } = crossEncoder.manifest;
  const parameters = { seed: 4, numRuns };

  const pair: fc.Arbitrary<EncodedPair> = fc.integer({ min: 2, max: longest }).chain((length) =>
    fc.record({
      inputIds: fc.int32Array({
        min: 0,
        max: architecture.vocabSize - 1,
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

  /** The bits of each pair's logits when all ride in one batch. */
  const bitsOf = (batch: readonly EncodedPair[], engine = crossEncoder): string[] => {
    const bits = new Uint32Array(engine.logits(batch).buffer);
    let end = 0;
    const bitsOfPairs = batch.map(({ inputIds }) => {
      const rows = head.kind === "token-classification" ? inputIds.length : 1;
      return bits.slice(end, (end += rows * head.labels.length)).join(" ");
    });
    expect(end).toBe(bits.length);
    return bitsOfPairs;
  };

  test("a pair's logits have the same bits alone and with any neighbours", () => {
    fc.assert(
      fc.property(batches, (batch) => {
        expect(bitsOf(batch)).toEqual(batch.flatMap((one) => bitsOf([one])));
      }),
      parameters,
    );
  });

  test("the order of a batch orders its logits and changes nothing else", () => {
    const shuffled = batches.chain((batch) =>
      fc.record({
        batch: fc.constant(batch),
        order: fc.shuffledSubarray([...batch.keys()], { minLength: batch.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ batch, order }) => {
        const bits = bitsOf(batch);
        expect(bitsOf(order.map((index) => batch[index]!))).toEqual(
          order.map((index) => bits[index]!),
        );
      }),
      parameters,
    );
  });

  test("the same batch gives the same bits again, whatever was computed in between", () => {
    fc.assert(
      fc.property(batches, batches, (batch, other) => {
        const first = bitsOf(batch);
        bitsOf(other);
        expect(bitsOf(batch)).toEqual(first);
      }),
      parameters,
    );
  });

  test("an engine loaded again, with room for larger batches, gives the same bits", async () => {
    const again = await loadCrossEncoder(engineModule, model, {
      maxBatchTokens: 2 * crossEncoder.maxBatchTokens,
    });
    fc.assert(
      fc.property(batches, (batch) => {
        expect(bitsOf(batch, again)).toEqual(bitsOf(batch));
      }),
      parameters,
    );
  });

  test("the caller's arrays are only read, and results stay as they were given", () => {
    fc.assert(
      fc.property(batches, batches, (batch, other) => {
        const before = structuredClone(batch);
        const logits = crossEncoder.logits(batch);
        const copy = logits.slice();
        crossEncoder.logits(other);
        expect(batch).toEqual(before);
        expect(logits).toEqual(copy);
      }),
      parameters,
    );
  });

  test("logits are finite", () => {
    fc.assert(
      fc.property(batches, (batch) => {
        expect(crossEncoder.logits(batch).every(Number.isFinite)).toBe(true);
      }),
      parameters,
    );
  });
});

describe("scoring texts", async () => {
  const crossEncoder = await loadCrossEncoder(engineModule, smallModel());
  const text = fc.string({ unit: fc.constantFrom(..."abcxyz .é漢😀"), maxLength: 120 });
  const pairs = fc.array(fc.tuple(text, text), { maxLength: 30 });

  test("gives each pair the logits it has alone, over however many batches", () => {
    fc.assert(
      fc.property(pairs, (texts) => {
        const alone = texts.flatMap((one) => Array.from(crossEncoder.score([one])));
        expect(Array.from(crossEncoder.score(texts))).toEqual(alone);
      }),
      { seed: 5 },
    );
  });
});
