import { exp_f32x4 } from "./exp";
import { horizontalSum } from "./layer-norm";
import { quantize8, storePairs, TILE_PAIR_STRIDE, tileRow } from "./quantize";

/** One, as a quantized probability: int16 holds [0, 1] in steps of 1 / 32,767. */
const ONE: f32 = 32767;

/**
 * Softmax of each row, quantized: out[r, j] = round(e^(x[r, j] − max) / Σ · 32,767).
 *
 * `x`: f32 [rows, ⌈length / 8⌉ · 8], overwritten; only the first `length` columns of a row count, the others are set to −∞.
 * `out`: int16 in tiles of four rows, [⌈rows / 4⌉, outStride / 2, 4, 2], as `matmul.ts` reads it, `outStride` = length rounded up to
 * even; columns beyond `length` are zero. Rows of probabilities
 * then sum to at most 32,767 + length / 2, so that products with int16 values stay inside int32.
 * `scales`: f32 [rows], 1 / 32,767 each, or NaN for a row that holds NaN: int16 could not carry it on.
 */
export function softmax_i16_f32(
  out: usize,
  scales: usize,
  x: usize,
  rows: usize,
  length: usize,
  outStride: usize,
): void {
  const padded = (length + 7) & ~7;
  for (let r: usize = 0; r < rows; ++r) {
    const row = x + r * (padded << 2);
    const end = row + (padded << 2);
    for (let j = length; j < padded; ++j) store<f32>(row + (j << 2), -Infinity);
    // Two running maxima: one alone would wait for itself.
    let even = v128.load(row);
    let odd = v128.load(row, 16);
    for (let p = row + 32; p < end; p += 32) {
      even = f32x4.pmax(even, v128.load(p));
      odd = f32x4.pmax(odd, v128.load(p, 16));
    }
    const m = f32x4.pmax(even, odd);
    const rowMax = f32x4.splat(
      max<f32>(
        max<f32>(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1)),
        max<f32>(f32x4.extract_lane(m, 2), f32x4.extract_lane(m, 3)),
      ),
    );
    // e^x clamps at 2^-126: a column at −∞ adds nothing to a sum that is at least 1, and rounds to 0 below.
    let sum = f32x4.splat(0);
    for (let p = row; p < end; p += 32) {
      const low = exp_f32x4(f32x4.sub(v128.load(p), rowMax));
      const high = exp_f32x4(f32x4.sub(v128.load(p, 16), rowMax));
      v128.store(p, low);
      v128.store(p, high, 16);
      sum = f32x4.add(sum, f32x4.add(low, high));
    }
    const scale = ONE / horizontalSum(sum);
    store<f32>(scales + (r << 2), 1 / ONE + (scale - scale));
    const factor = f32x4.splat(scale);
    let o = tileRow(out, r, outStride);
    let j: usize = 0;
    for (; j + 8 <= outStride; j += 8, o += 4 * TILE_PAIR_STRIDE) {
      storePairs(o, quantize8(row + (j << 2), factor), TILE_PAIR_STRIDE);
    }
    if (j < outStride) {
      const q = quantize8(row + (j << 2), factor);
      const left = outStride - j;
      v128.store32_lane(o, q, 0);
      if (left > 2) v128.store32_lane(o + TILE_PAIR_STRIDE, q, 1);
      if (left > 4) v128.store32_lane(o + 2 * TILE_PAIR_STRIDE, q, 2);
    }
  }
}
