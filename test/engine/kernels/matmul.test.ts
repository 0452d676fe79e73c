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

/** The exact sum, then three rounded operations: what the kernel promises bit by bit. */
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
      for (let k = 0; k < depth; k++) sum += a[r * depth + k]! * w[c * depth + k]!;
      expect(Math.abs(sum)).toBeLessThan(2 ** 31);
      out.push(f(f(f(f(sum) * f(rowScales[r]!)) * f(colScales[c]!)) + f(biases[c]!)));
    }
  }
  return out;
}

const SHAPES = [
  [1, 8, 2],
  [2, 8, 4],
  [3, 16, 6],
  [4, 8, 8],
  [5, 24, 10],
  [7, 16, 30],
  [8, 32, 32],
  [9, 8, 66],
  [13, 40, 128],
  [4, 16, 384],
  [5, 8, 1536],
] as const;

describe("matrix products", () => {
  for (const [rows, cols, depth] of SHAPES) {
    it(`int16 × int8 of ${rows} × ${cols} × ${depth} are exact to the last bit`, () => {
      const random = seeded(rows * 1000 + depth);
      const memory = new KernelMemory();
      const a = integers(
        random,
        rows * depth,
        Math.min(32767, Math.floor(2147483647 / (127 * depth))),
      );
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
      );
      expect([...out]).toEqual(expectedProduct(a, w, rowScales, colScales, biases, depth));
    });

    it(`int16 × int16 of ${rows} × ${cols} × ${depth} are exact to the last bit`, () => {
      const random = seeded(rows * 1000 + depth + 1);
      const memory = new KernelMemory();
      const max = Math.min(32767, Math.floor(Math.sqrt(2147483647 / depth)));
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
      );
      const none = colScales.map(() => 0);
      expect([...out]).toEqual(expectedProduct(a, w, rowScales, colScales, none, depth));
    });
  }

  it("do not overflow when every factor is at its limit", () => {
    for (const [depth, max] of [
      [384, 32767],
      [1536, 11008],
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
        );
        expect([...out]).toEqual(filled(8, Math.fround(sign * max * 127 * depth)));
      }
    }
  });

  it("write their own columns of a wider row and nothing else", () => {
    const memory = new KernelMemory();
    const [rows, cols, depth, stride] = [5, 8, 4, 20];
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
    );
    const row = [...filled(cols, depth), ...filled(stride - cols, 7)];
    expect([...out]).toEqual(Array.from({ length: rows }, () => row).flat());
  });
});
