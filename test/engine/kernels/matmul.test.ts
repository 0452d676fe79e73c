import { describe, expect, it } from "vitest";
import { KernelMemory, filled, seeded, tiles } from "./kernel-memory.ts";

/** [cols, depth] to [cols / 8, depth / 2, 8, 2], written from the order's description. */
function interleaved(weights: number[], cols: number, depth: number): number[] {
  const out: number[] = [];
  for (let block = 0; block < cols; block += 8) {
    for (let k = 0; k < depth; k += 2) {
      for (let c = block; c < block + 8; c++) {
        out.push(weights[c * depth + k]!, weights[c * depth + k + 1]!);
      }
    }
  }
  return out;
}

function chunks(values: number[], length: number): number[][] {
  return Array.from({ length: values.length / length }, (_, i) =>
    values.slice(i * length, (i + 1) * length),
  );
}

function integers(random: () => number, length: number, max: number): number[] {
  return Array.from({ length }, () => Math.round((random() * 2 - 1) * max) | 0);
}

/** Depths whose sum is exact. */
const PART_DEPTH = 512;

/** Exact sums of parts, added in float32, then three rounded operations: what the kernel promises bit by bit. */
function expectedProduct(
  a: number[],
  w: number[],
  rowScales: number[],
  colScales: number[],
  biases: number[],
  depth: number,
): number[] {
  const f = Math.fround;
  const out: number[] = [];
  for (let r = 0; r < rowScales.length; r++) {
    for (let c = 0; c < colScales.length; c++) {
      let sum = 0;
      for (let start = 0; start < depth; start += PART_DEPTH) {
        let part = 0;
        for (let k = start; k < Math.min(depth, start + PART_DEPTH); k++)
          part += a[r * depth + k]! * w[c * depth + k]!;
        expect(Math.abs(part)).toBeLessThan(2 ** 31);
        sum = f(sum + f(part));
      }
      out.push(f(f(f(sum * f(rowScales[r]!)) * f(colScales[c]!)) + f(biases[c]!)));
    }
  }
  return out;
}

/** Room for what a product keeps beside its operands, filled with what must not count. */
function scratch(memory: KernelMemory, rows: number): number {
  const bytes = 16 * PART_DEPTH + 4 * (Math.ceil(rows / 3) * 3 + 1);
  return memory.u8(filled(bytes, 0xa5)).byteOffset;
}

const SHAPES = [
  [1, 8, 8],
  [2, 8, 16],
  [3, 16, 8],
  [4, 8, 24],
  [5, 24, 40],
  [6, 16, 32],
  [8, 32, 32],
  [9, 8, 64],
  [13, 40, 128],
  [4, 16, 384],
  [3, 8, 512],
  [7, 16, 520],
  [5, 8, 1536],
] as const;

describe("matrix products", () => {
  for (const [rows, cols, depth] of SHAPES) {
    it(`int16 × int8 of ${rows} × ${cols} × ${depth} are exact to the last bit`, () => {
      const random = seeded(rows * 1000 + depth);
      const memory = new KernelMemory();
      const a = integers(random, rows * depth, 32640);
      const w = integers(random, cols * depth, 127);
      const rowScales = integers(random, rows, 1000).map((value) => value / 7e6);
      const colScales = integers(random, cols, 1000).map((value) => value / 3e5);
      const biases = integers(random, cols, 1000).map((value) => value / 300);
      const weights = memory.i8(w.map(() => 0));
      memory.kernels["interleave_i8"]!(weights.byteOffset, memory.i8(w).byteOffset, cols, depth);
      expect([...weights]).toEqual(interleaved(w, cols, depth));
      const out = memory.f32(new Float32Array(rows * cols));
      memory.kernels["matmul_f32_i16_i8"]!(
        out.byteOffset,
        cols,
        memory.i16(tiles(chunks(a, depth), -32768)).byteOffset,
        weights.byteOffset,
        memory.f32(rowScales).byteOffset,
        memory.f32(colScales).byteOffset,
        memory.f32(biases).byteOffset,
        rows,
        cols,
        depth,
        scratch(memory, rows),
      );
      expect([...out]).toEqual(expectedProduct(a, w, rowScales, colScales, biases, depth));
    });

    it(`int16 × int16 of ${rows} × ${cols} × ${depth} are exact to the last bit`, () => {
      const random = seeded(rows * 1000 + depth + 1);
      const memory = new KernelMemory();
      const max = Math.min(16383, Math.floor(Math.sqrt(2147483647 / Math.min(depth, PART_DEPTH))));
      const a = integers(random, rows * depth, max);
      const w = integers(random, cols * depth, max);
      const rowScales = integers(random, rows, 1000).map((value) => value / 7e6);
      const colScales = integers(random, cols, 1000).map((value) => value / 3e5);
      const out = memory.f32(new Float32Array(rows * cols));
      memory.kernels["matmul_f32_i16_i16"]!(
        out.byteOffset,
        cols,
        memory.i16(tiles(chunks(a, depth), -32768)).byteOffset,
        memory.i16(interleaved(w, cols, depth)).byteOffset,
        memory.f32(rowScales).byteOffset,
        memory.f32(colScales).byteOffset,
        rows,
        cols,
        depth,
        scratch(memory, rows),
      );
      const none = colScales.map(() => 0);
      expect([...out]).toEqual(expectedProduct(a, w, rowScales, colScales, none, depth));
    });
  }

  it("do not overflow when every factor is at its limit", () => {
    for (const [depth, max] of [
      [384, 32640],
      [512, 32640],
    ] as const) {
      for (const sign of [1, -1]) {
        const memory = new KernelMemory();
        const out = memory.f32(new Float32Array(8));
        memory.kernels["matmul_f32_i16_i8"]!(
          out.byteOffset,
          8,
          memory.i16(tiles([filled(depth, sign * max)], -32768)).byteOffset,
          memory.i8(filled(8 * depth, 127)).byteOffset,
          memory.f32([1]).byteOffset,
          memory.f32(filled(8, 1)).byteOffset,
          memory.f32(filled(8, 0)).byteOffset,
          1,
          8,
          depth,
          scratch(memory, 1),
        );
        expect([...out]).toEqual(filled(8, Math.fround(sign * max * 127 * depth)));
      }
    }
  });

  it("do not overflow when probabilities and values are at their limit", () => {
    // A row of softmax_i16_f32 sums to at most 131,072.
    for (const sign of [1, -1]) {
      const memory = new KernelMemory();
      const out = memory.f32(new Float32Array(8));
      const probabilities = [...filled(8, 16383), ...filled(504, 0)];
      memory.kernels["matmul_f32_i16_i16"]!(
        out.byteOffset,
        8,
        memory.i16(tiles([probabilities], -32768)).byteOffset,
        memory.i16(filled(8 * 512, sign * 16383)).byteOffset,
        memory.f32([1]).byteOffset,
        memory.f32(filled(8, 1)).byteOffset,
        1,
        8,
        512,
        scratch(memory, 1),
      );
      expect([...out]).toEqual(filled(8, Math.fround(sign * 8 * 16383 * 16383)));
    }
  });

  it("write their own columns of a wider row and nothing else", () => {
    const memory = new KernelMemory();
    const [rows, cols, depth, stride] = [5, 8, 8, 20];
    const out = memory.f32(new Float32Array(rows * stride).fill(7));
    memory.kernels["matmul_f32_i16_i8"]!(
      out.byteOffset,
      stride,
      memory.i16(tiles(chunks(filled(rows * depth, 1), depth), 9)).byteOffset,
      memory.i8(filled(cols * depth, 1)).byteOffset,
      memory.f32(filled(rows, 1)).byteOffset,
      memory.f32(filled(cols, 1)).byteOffset,
      memory.f32(filled(cols, 0)).byteOffset,
      rows,
      cols,
      depth,
      scratch(memory, rows),
    );
    const row = [...filled(cols, depth), ...filled(stride - cols, 7)];
    expect([...out]).toEqual(Array.from({ length: rows }, () => row).flat());
  });
});
