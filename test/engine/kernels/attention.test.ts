import { describe, expect, it } from "vitest";
import { attention } from "../../reference/attention.ts";
import { softmax } from "../../reference/softmax.ts";
import { KernelMemory, filled, normals, rowsOfTiles, seeded, worst } from "./kernel-memory.ts";

/** Half a step of the quantized probability, of which a row has 16,383 up to its largest or 129,072 in all, and what f32 adds. */
const SOFTMAX_BUDGET = { absolute: 0.5 / 16383, relative: 2e-6 };

/** What a row's quantized probabilities may sum to, so that products with values of 16,383 fit int32. */
const SUM_LIMIT = 131_072;

function quantizedSoftmax(rows: number[][]) {
  const memory = new KernelMemory();
  const length = rows[0]!.length;
  const padded = Math.ceil(length / 8) * 8;
  // What stands in the padding must not count.
  const x = rows.flatMap((row) => [...row, ...filled(padded - length, 1e9)]);
  const tiledLength = Math.ceil(rows.length / 3) * 3 * padded;
  const out = memory.i16(filled(tiledLength + 8, 77));
  const scales = memory.f32(filled(rows.length, 0));
  const scores = memory.f32(x);
  memory.kernels["softmax_i16_f32"]!(
    out.byteOffset,
    scales.byteOffset,
    scores.byteOffset,
    rows.length,
    length,
  );
  return {
    probabilities: rowsOfTiles(out, rows.length, padded),
    scales: [...scales],
    beyond: [...out.subarray(tiledLength)],
  };
}

describe("softmax_i16_f32", () => {
  for (const length of [1, 2, 3, 7, 8, 9, 15, 16, 17, 63, 65, 127, 512]) {
    for (const spread of [0, 1, 30, 1e4]) {
      it(`agrees with the reference for ${length} columns of spread ${spread}`, () => {
        const random = seeded(length);
        // The kernel takes powers of two; the reference takes those of e.
        const rows = [1, 2, 3, 4].map(() => [...normals(random, length, spread)]);
        const { probabilities, scales, beyond } = quantizedSoftmax(rows);
        for (const [r, row] of rows.entries()) {
          const q = probabilities[r]!.slice(0, length);
          const { ratio, place } = worst(
            q.map((value) => value * scales[r]!),
            softmax(
              row.map((value) => value * Math.LN2),
              length,
            ),
            SOFTMAX_BUDGET,
          );
          expect(ratio, place).toBeLessThanOrEqual(1);
          expect(q.reduce((sum, value) => sum + value)).toBeLessThanOrEqual(SUM_LIMIT);
          expect(Math.max(...q)).toBeLessThanOrEqual(16383);
          expect(probabilities[r]!.slice(length).every((value) => value === 0)).toBe(true);
        }
        expect(beyond).toEqual(filled(8, 77));
      });
    }
  }

  it("carries NaN on in the row's scale, and only there", () => {
    const { scales } = quantizedSoftmax([
      [1, 2, 3],
      [1, NaN, 3],
    ]);
    expect(scales[0]).toBeCloseTo(1 / 16383 / (1 + 1 / 2 + 1 / 4), 9);
    expect(scales[1]).toBeNaN();
  });
});

/** Runs the kernel on a [seq, 3 · hidden] block, as the encoder does. */
function attend(
  qkv: Float32Array,
  length: number,
  queryRows: number,
  heads: number,
  headSize: number,
) {
  const memory = new KernelMemory();
  const hidden = heads * headSize;
  const padded = Math.ceil(length / 8) * 8;
  const block = memory.f32(qkv);
  const floats = (n: number): number => memory.f32(new Float32Array(n).fill(NaN)).byteOffset;
  const ints = (n: number): number => memory.i16(new Int16Array(n).fill(-32768)).byteOffset;
  const record = [
    ...filled(8, 0),
    floats(2048 + 24 + 1),
    ints(Math.ceil(length / 3) * 3 * headSize),
    floats(length),
    ints(padded * headSize),
    floats(padded),
    ints(padded * headSize),
    floats(headSize),
    floats(24 * padded),
    ints(24 * padded),
    floats(24),
  ];
  const workspace = memory.i32(record).byteOffset;
  const context = memory.f32(new Float32Array(queryRows * hidden));
  memory.kernels["attend"]!(
    context.byteOffset,
    block.byteOffset,
    3 * hidden,
    queryRows,
    block.byteOffset + 4 * hidden,
    block.byteOffset + 8 * hidden,
    3 * hidden,
    length,
    heads,
    headSize,
    workspace,
  );
  return context;
}

describe("attend", () => {
  for (const [heads, headSize] of [
    [2, 8],
    [2, 64],
    [12, 32],
  ] as const) {
    for (const length of [1, 2, 3, 7, 8, 9, 17, 64, 65, 200]) {
      it(`agrees with the reference for ${length} tokens, ${heads} heads of ${headSize}`, () => {
        const hidden = heads * headSize;
        const qkv = normals(seeded(length + heads), length * 3 * hidden, 1.5);
        const part = (index: number) =>
          Float32Array.from(
            { length: length * hidden },
            (_, i) => qkv[Math.floor(i / hidden) * 3 * hidden + index * hidden + (i % hidden)]!,
          );
        const expected = attention(part(0), part(1), part(2), hidden, heads);
        // Queries and keys have 13 bits: a score is off by some 4e-4, and a context by a few times that of a value.
        const budget = { absolute: 1.5e-3, relative: 1e-3 };
        for (const queryRows of [length, 1]) {
          const context = attend(qkv, length, queryRows, heads, headSize);
          const { ratio, place } = worst(context, expected.subarray(0, queryRows * hidden), budget);
          expect(ratio, place).toBeLessThanOrEqual(1);
        }
      });
    }
  }

  it("lets a NaN in any query, key or value reach the context", () => {
    const [heads, headSize, length] = [2, 8, 5];
    const hidden = heads * headSize;
    for (const place of [0, hidden + 3, 2 * hidden + 5, 4 * 3 * hidden + hidden + 1]) {
      const qkv = normals(seeded(1), length * 3 * hidden);
      qkv[place] = NaN;
      expect([...attend(qkv, length, length, heads, headSize)].some(Number.isNaN)).toBe(true);
    }
  });
});
