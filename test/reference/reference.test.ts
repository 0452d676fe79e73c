import { describe, expect, test } from "vitest";
import { PairTokenizer } from "../../engine/index.ts";
import { defaultModel } from "../fixtures/engine.ts";
import { logitsFixture, syntheticFixture } from "../fixtures/logits-fixture.ts";
import { syntheticModel } from "../fixtures/synthetic-model.ts";
import { bertLogits } from "./bert.ts";
import { erf, gelu } from "./gelu.ts";
import { layerNorm } from "./layer-norm.ts";
import { referenceModel } from "./model.ts";
import { softmax } from "./softmax.ts";

/** What float32 arithmetic may cost Python, relative to a logit of 1. */
const FLOAT32_TOLERANCE = 3e-5;

describe("single operations", () => {
  test("erf agrees with tabulated values", () => {
    // Abramowitz & Stegun, table 7.1, and mpmath for the last two.
    for (const [x, y] of [
      [0, 0],
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [-1, -0.8427007929497149],
      [2, 0.9953222650189527],
      [3.5, 0.9999992569016276],
      [5.9, 1],
      [40, 1],
      [-Infinity, -1],
    ] as const) {
      expect(erf(x)).toBeCloseTo(y, 14);
    }
  });

  test("gelu passes large values, stops very negative ones and keeps zero", () => {
    expect(Array.from(gelu([30, -30, 0, 1]))).toEqual([
      30,
      -0,
      0,
      expect.closeTo(0.8413447460685429, 14),
    ]);
  });

  test("softmax survives values whose exponential overflows, and a row of equal ones", () => {
    expect(Array.from(softmax([1000, 1000, -1000, 0, 0, 0], 3))).toEqual([
      0.5,
      0.5,
      0,
      1 / 3,
      1 / 3,
      1 / 3,
    ]);
  });

  test("layer norm gives mean 0 and variance 1 before weight and bias, and the bias for a constant row", () => {
    const y = layerNorm([1, 2, 3, 4, 7, 7, 7, 7], [1, 1, 1, 2], [0, 0, 0, 5], 1e-12);
    expect(y[0]).toBeCloseTo(-1.3416407864998738, 10);
    expect(y[3]).toBeCloseTo(5 + 2 * 1.3416407864998738, 10);
    expect(Array.from(y.slice(4))).toEqual([0, 0, 0, 5]);
  });
});

const { library, version } = syntheticFixture.manifest;

describe(`the whole model equals Python's ${library} ${version} up to float32`, () => {
  test.each(syntheticFixture.models)("$shape.name", ({ shape, sequences }) => {
    const { manifest, weights } = syntheticModel(shape);
    const model = referenceModel(manifest, weights);
    for (const { inputIds, tokenTypeIds, logits } of sequences)
      expectClose(bertLogits(model, inputIds, tokenTypeIds), logits);
  });

  test("the default model on short pairs", () => {
    const { manifest, weights, tokenizer: tokenizerJson } = defaultModel();
    const model = referenceModel(manifest, weights);
    const tokenizer = new PairTokenizer(tokenizerJson, model.architecture.maxSeqLength);
    const short = logitsFixture.pairs.filter(({ tokens }) => tokens <= 9);
    expect(short.length).toBeGreaterThanOrEqual(5);
    for (const { query, document, logits } of short) {
      const pair = tokenizer.pair(
        tokenizer.encode(query),
        document === null ? null : tokenizer.encode(document),
      );
      expectClose(bertLogits(model, pair.inputIds, pair.tokenTypeIds), logits);
    }
  });
});

function expectClose(actual: Float64Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [label, logit] of expected.entries()) {
    expect(Math.abs(actual[label]! - logit) / (1 + Math.abs(logit))).toBeLessThan(
      FLOAT32_TOLERANCE,
    );
  }
}
