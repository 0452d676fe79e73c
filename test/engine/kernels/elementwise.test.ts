import { describe, expect, it } from "vitest";
import { gelu } from "../../reference/gelu.ts";
import { KernelMemory, filled, worst } from "./kernel-memory.ts";

const GELU_BUDGET = { absolute: 5e-6, relative: 3e-7 };
const TANH_BUDGET = { absolute: 3e-7, relative: 0 };

function apply(kernel: string, values: ArrayLike<number>): Float32Array {
  const memory = new KernelMemory();
  const x = memory.f32(values);
  memory.kernels[kernel]!(x.byteOffset, x.length);
  return x;
}

/** 80,000 points of [−10, 10], as f32. */
const SWEEP = Float32Array.from({ length: 80_000 }, (_, i) => (i / 80_000) * 20 - 10);

describe("gelu_f32", () => {
  it("is within its budget of the exact function on [-10, 10]", () => {
    const { ratio, place } = worst(apply("gelu_f32", SWEEP), gelu(SWEEP), GELU_BUDGET);
    expect(ratio, place).toBeLessThanOrEqual(1);
  });

  it("is the identity for large and zero for very negative numbers, and keeps 0 and NaN", () => {
    const out = apply("gelu_f32", [1e4, 1e30, 3e38, -1e4, -1e30, -3e38, 0, NaN]);
    expect([...out.subarray(0, 3)]).toEqual([1e4, 1e30, 3e38].map(Math.fround));
    expect([...out.subarray(3, 7)].map(Math.abs)).toEqual([0, 0, 0, 0]);
    expect(out[7]).toBeNaN();
  });

  it("takes any multiple of 8, and touches nothing beyond", () => {
    for (const length of [8, 16, 24, 1536]) {
      const memory = new KernelMemory();
      const x = memory.f32(new Float32Array(length + 8).fill(1));
      memory.kernels["gelu_f32"]!(x.byteOffset, length);
      expect(x[length - 1]).toBeCloseTo(0.841345, 5);
      expect([...x.subarray(length)]).toEqual(filled(8, 1));
    }
  });
});

describe("tanh_f32", () => {
  it("is within its budget of the exact function on [-10, 10]", () => {
    const { ratio, place } = worst(apply("tanh_f32", SWEEP), SWEEP.map(Math.tanh), TANH_BUDGET);
    expect(ratio, place).toBeLessThanOrEqual(1);
  });

  it("saturates at exactly one, and keeps NaN", () => {
    expect([...apply("tanh_f32", [50, 1e30, -50, -1e30])]).toEqual([1, 1, -1, -1]);
    expect(apply("tanh_f32", [NaN, 0, 0, 0])[0]).toBeNaN();
  });
});
