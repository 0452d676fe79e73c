import { ROUNDING_MAGIC } from "./quantize";

/**
 * Numbers of the computation, in memory: V8 makes a splatted constant anew in three instructions at each use, and loads one from
 * memory in one.
 */
const CONSTANTS: usize = memory.data<f32>([
  0.9999997, 0.4999915, 0.16667636, 0.0418979, 0.00829032, // e^r − 1, from r up
  1.0, 87.3, -87.3, 1.44269502, // log2 e
  0.693359375, -2.12194440e-4, // ln 2 in two parts, the first with few bits, so that n · part is exact
  ROUNDING_MAGIC,
]);

/** Four times number `index` of {@link CONSTANTS}. */
@inline
function constant(index: usize): v128 {
  return v128.load32_splat(CONSTANTS + (index << 2));
}

/**
 * e^x of four lanes. Cody–Waite reduction x = n · ln 2 + r with |r| ≤ ln 2 / 2, a degree-5 polynomial for e^r, then n added to the
 * exponent bits. Relative error at most 2e-7 on [−87.3, 87.3]; x is clamped to that range, so the result is never 0 and never
 * infinite. NaN stays NaN.
 */
@inline
export function exp_f32x4(x: v128): v128 {
  // pmin and pmax with x first: one instruction each, and NaN passes.
  const clamped = f32x4.pmax(f32x4.pmin(x, constant(6)), constant(7));
  // n sits in the low mantissa bits of `shifted`.
  const shifted = f32x4.add(f32x4.mul(clamped, constant(8)), constant(11));
  const n = f32x4.sub(shifted, constant(11));
  const r = f32x4.sub(f32x4.sub(clamped, f32x4.mul(n, constant(9))), f32x4.mul(n, constant(10)));
  let p = constant(4);
  p = f32x4.add(f32x4.mul(p, r), constant(3));
  p = f32x4.add(f32x4.mul(p, r), constant(2));
  p = f32x4.add(f32x4.mul(p, r), constant(1));
  p = f32x4.add(f32x4.mul(p, r), constant(0));
  p = f32x4.add(f32x4.mul(p, r), constant(5));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}
