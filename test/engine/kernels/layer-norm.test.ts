import { describe, expect, it } from "vitest";
import { layerNorm } from "../../reference/layer-norm.ts";
import { linear } from "../../reference/linear.ts";
import { KernelMemory, normals, seeded, worst } from "./kernel-memory.ts";

const BUDGET = { absolute: 4e-6, relative: 4e-6 };

function run(x: Float32Array, residual: Float32Array | null, cols: number, inPlace = false) {
  const random = seeded(cols);
  const weight = normals(random, cols);
  const bias = normals(random, cols);
  const memory = new KernelMemory();
  const input = memory.f32(x);
  const added = residual === null ? null : memory.f32(residual);
  const out = inPlace ? (added ?? input) : memory.f32(new Float32Array(x.length));
  memory.kernels["layer_norm_f32"]!(
    out.byteOffset,
    input.byteOffset,
    added?.byteOffset ?? 0,
    memory.f32(weight).byteOffset,
    memory.f32(bias).byteOffset,
    x.length / cols,
    cols,
    1e-12,
  );
  const sum = x.map((value, i) => value + (residual?.[i] ?? 0));
  return { out: [...out], expected: layerNorm(sum, weight, bias, 1e-12), bias };
}

describe("layer_norm_f32", () => {
  for (const cols of [8, 16, 24, 128, 384, 1024]) {
    for (const rows of [1, 2, 5]) {
      it(`normalises ${rows} rows of ${cols}, with a residual and without, in place too`, () => {
        const random = seeded(rows * 10_000 + cols);
        const x = normals(random, rows * cols, 3);
        const residual = normals(random, rows * cols, 3);
        for (const added of [null, residual]) {
          for (const inPlace of [false, true]) {
            const { out, expected } = run(x, added, cols, inPlace);
            const { ratio, place } = worst(out, expected, BUDGET);
            expect(ratio, place).toBeLessThanOrEqual(1);
          }
        }
      });
    }
  }

  it("gives the bias for a row of equal numbers, however large", () => {
    for (const value of [0, 1, -3.7, 12345.678, 1e30]) {
      const { out, bias } = run(new Float32Array(384).fill(value), null, 384);
      expect(out).toEqual([...bias]);
    }
  });

  it("keeps its precision for a large mean and for one outlier", () => {
    const random = seeded(7);
    const shifted = normals(random, 384).map((value) => value + 1000);
    const outlier = normals(random, 384, 0.01);
    outlier[5] = 500;
    for (const x of [shifted, outlier]) {
      const { out, expected } = run(x, null, 384);
      const { ratio, place } = worst(out, expected, { absolute: 2e-4, relative: 1e-5 });
      expect(ratio, place).toBeLessThanOrEqual(1);
    }
  });

  it("turns a row that holds NaN into NaN, and only that row", () => {
    const x = normals(seeded(3), 3 * 16);
    x[20] = NaN;
    const { out } = run(x, null, 16);
    expect(out.map(Number.isNaN)).toEqual(out.map((_, i) => i >= 16 && i < 32));
  });
});

describe("linear_f32", () => {
  it("agrees with the reference for one label and for many", () => {
    for (const [rows, labels, cols] of [
      [1, 1, 4],
      [3, 1, 384],
      [2, 5, 128],
      [4, 77, 16],
    ] as const) {
      const random = seeded(labels);
      const memory = new KernelMemory();
      const [x, weight, bias] = [rows * cols, labels * cols, labels].map((n) => normals(random, n));
      const out = memory.f32(new Float32Array(rows * labels));
      memory.kernels["linear_f32"]!(
        out.byteOffset,
        memory.f32(x!).byteOffset,
        memory.f32(weight!).byteOffset,
        memory.f32(bias!).byteOffset,
        rows,
        labels,
        cols,
      );
      const budget = { absolute: 2e-5, relative: 1e-6 };
      const { ratio, place } = worst(out, linear(x!, weight!, bias!), budget);
      expect(ratio, place).toBeLessThanOrEqual(1);
    }
  });
});
