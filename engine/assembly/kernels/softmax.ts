import { exp2_f32x4 } from "./exp";
import { horizontalSum } from "./layer-norm";
import { quantizeTile } from "./quantize";

/** Greatest quantized probability: with a value of the same size added it still fits int16, as `matmul.ts` needs. */
export const PROBABILITY_MAX: f32 = 16383;

/** Greatest sum of a row of quantized probabilities before rounding: times a value of 16,383 it fits int32, with 2,000 to spare. */
const SUM_MAX: f32 = 129072;

/**
 * Softmax of each row in base 2, quantized: out[r, j] = round(2^(x[r, j] − max) · f), with f = min(16,383, 129,072 / Σ) the greatest factor
 * that `matmul.ts` allows; scales[r] = 1 / (f · Σ), so that out · scale is the probability.
 *
 * `x`: f32 [rows, ⌈length / 8⌉ · 8], overwritten; only the first `length` columns of a row count, `length` ≤ 4,000. `out`: int16 in tiles of three
 * rows, [⌈rows / 3⌉, ⌈length / 8⌉ · 4, 3, 2], as `matmul.ts` reads it; columns beyond `length` are zero, missing rows of the last tile are copies.
 * `scales`: f32 [rows], NaN for a row that holds NaN: int16 could not carry it on.
 */
export function softmax_i16_f32(out: usize, scales: usize, x: usize, rows: usize, length: usize): void {
  const padded = (length + 7) & ~7;
  const rowBytes = padded << 2;
  for (let r: usize = 0; r < rows; r += 3, x += 3 * rowBytes, out += padded * 6, scales += 12) {
    const left = rows - r;
    const row1 = left > 1 ? x + rowBytes : x;
    const row2 = left > 2 ? row1 + rowBytes : x;
    const sum0 = exponentials(x, length, rowBytes);
    const factor0 = min<f32>(PROBABILITY_MAX, SUM_MAX / sum0);
    store<f32>(scales, 1 / (factor0 * sum0));
    let factor1 = factor0;
    let factor2 = factor0;
    if (left > 1) {
      const sum1 = exponentials(row1, length, rowBytes);
      factor1 = min<f32>(PROBABILITY_MAX, SUM_MAX / sum1);
      store<f32>(scales, 1 / (factor1 * sum1), 4);
    }
    if (left > 2) {
      const sum2 = exponentials(row2, length, rowBytes);
      factor2 = min<f32>(PROBABILITY_MAX, SUM_MAX / sum2);
      store<f32>(scales, 1 / (factor2 * sum2), 8);
    }
    quantizeTile(out, x, row1, row2, factor0, factor1, factor2, padded);
  }
}

/** 2^(x − max) of one row in place, 2^−126 in the columns beyond `length`, and their sum: at least 1, which 2^−126 does not change. */
function exponentials(row: usize, length: usize, rowBytes: usize): f32 {
  const end = row + rowBytes;
  for (let p = row + (length << 2); p < end; p += 4) store<f32>(p, -Infinity);
  // Two running maxima: one alone would wait for itself.
  let even = v128.load(row);
  let odd = v128.load(row, 16);
  for (let p = row + 32; p < end; p += 32) {
    even = f32x4.pmax(even, v128.load(p));
    odd = f32x4.pmax(odd, v128.load(p, 16));
  }
  let m = f32x4.pmax(even, odd);
  m = f32x4.pmax(m, v128.shuffle<i32>(m, m, 2, 3, 0, 1));
  m = f32x4.pmax(m, v128.shuffle<i32>(m, m, 1, 0, 3, 2));
  let sumEven = f32x4.splat(0);
  let sumOdd = f32x4.splat(0);
  for (let p = row; p < end; p += 32) {
    const low = exp2_f32x4(f32x4.sub(v128.load(p), m));
    const high = exp2_f32x4(f32x4.sub(v128.load(p, 16), m));
    v128.store(p, low);
    v128.store(p, high, 16);
    sumEven = f32x4.add(sumEven, low);
    sumOdd = f32x4.add(sumOdd, high);
  }
  return horizontalSum(f32x4.add(sumEven, sumOdd));
}
