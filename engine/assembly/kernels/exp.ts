import { ROUNDING_MAGIC } from "./quantize";

/** log₂ e: e^x = 2^(x · log₂ e). */
@inline
export const LOG2_E: f32 = 1.44269502;

/**
 * Numbers of the computation, in memory: V8 makes a splatted constant anew in three instructions at each use, and loads one from
 * memory in one.
 */
const CONSTANTS: usize = memory.data<f32>([
  1.0000001, 0.69314694, 0.2402212, 0.055507135, 0.009675541, 0.0013276466, // 2^r, from the constant up
  -126, // the smallest exponent of a normal number
  ROUNDING_MAGIC,
]);

/** Four times number `index` of {@link CONSTANTS}. */
@inline
function constant(index: usize): v128 {
  return v128.load32_splat(CONSTANTS + (index << 2));
}

/**
 * 2^x of four lanes, x ≤ 127. x = n + r with n whole and |r| ≤ 1/2, a degree-5 polynomial for 2^r, then n added to the exponent bits.
 * Relative error at most 2.4e-7 on [−126, 127]; x below −126 is taken as −126, so the result is never 0. NaN stays NaN.
 */
@inline
export function exp2_f32x4(x: v128): v128 {
  // pmax with x first: one instruction, and NaN passes.
  const clamped = f32x4.pmax(x, constant(6));
  // n sits in the low mantissa bits of `shifted`.
  const shifted = f32x4.add(clamped, constant(7));
  const r = f32x4.sub(clamped, f32x4.sub(shifted, constant(7)));
  let p = constant(5);
  p = f32x4.add(f32x4.mul(p, r), constant(4));
  p = f32x4.add(f32x4.mul(p, r), constant(3));
  p = f32x4.add(f32x4.mul(p, r), constant(2));
  p = f32x4.add(f32x4.mul(p, r), constant(1));
  p = f32x4.add(f32x4.mul(p, r), constant(0));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}
