import { dotProducts } from "./dot-products";

/**
 * Integer matrix products with a float32 result: out[r, c] = (Σ_k a[r, k] · w[k, c]) · rowScale[r] · colScale[c] (+ bias[c]).
 *
 * Left operand: int16 "tiles of three rows", [⌈rows / 3⌉, depth / 2, 3, 2]: for every pair of depths (k, k + 1) the pairs of three rows
 * stand side by side, as `quantize.ts` writes them. What stands in rows beyond `rows`, and up to 4 bytes behind, is read and has no effect.
 *
 * Right operand: int8 (weights) or int16 (keys and values of attention) in "blocks of eight columns", [cols / 8, depth / 2, 8, 2]: for
 * every pair of depths the pairs of eight columns stand side by side, as `interleave.ts` writes them. So one `i32x4.dot_i16x8_s` with a
 * splatted pair of activations advances four columns, and no horizontal sum is ever needed. `cols` and `depth` are multiples of 8.
 *
 * Only `rows` rows of `out` are written; up to two behind them are read, to no effect. The arithmetic is in `dot-products.ts`.
 */

/** Greatest |q| of a left operand against int8 weights: with a weight added it still fits int16. */
export const ACTIVATION_MAX: f32 = 32767 - 127;

/**
 * f32 out [rows, cols], rows `outStride` elements apart, from int16 activations in tiles and int8 weights in blocks. `rowScales` f32 [rows],
 * `colScales` f32 [cols], `biases` f32 [cols]. `scratch`: 8 KB, then 4 bytes a row for `rows` rounded up to whole tiles and one more.
 */
export function matmul_f32_i16_i8(
  out: usize,
  outStride: usize,
  a: usize,
  w: usize,
  rowScales: usize,
  colScales: usize,
  biases: usize,
  rows: usize,
  cols: usize,
  depth: usize,
  scratch: usize,
): void {
  dotProducts<i8>(out, outStride, a, w, rowScales, colScales, biases, rows, cols, depth, scratch);
}

/** As {@link matmul_f32_i16_i8} with int16 on the right and no bias: query · keys and probabilities · values. */
export function matmul_f32_i16_i16(
  out: usize,
  outStride: usize,
  a: usize,
  w: usize,
  rowScales: usize,
  colScales: usize,
  rows: usize,
  cols: usize,
  depth: usize,
  scratch: usize,
): void {
  dotProducts<i16>(out, outStride, a, w, rowScales, colScales, 0, rows, cols, depth, scratch);
}
