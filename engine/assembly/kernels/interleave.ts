/**
 * Reorders matrices into the blocks of eight columns that `matmul.ts` reads. Runs once a weight matrix at load and
 * once a head at run time.
 */
import { absMax_f32, quantize8, storePairs } from "./quantize";

/**
 * Interleaves int8 weights. `out`: [cols / 8, depth / 2, 8, 2] int8; `weights`: [cols, depth] int8, row-major, one output channel
 * a row, as a checkpoint stores a linear layer. `cols` is a multiple of 8, `depth` even. No overlap.
 */
export function interleave_i8(out: usize, weights: usize, cols: usize, depth: usize): void {
  for (let c: usize = 0; c < cols; c += 8) {
    let w = weights + c * depth;
    for (let k: usize = 0; k < depth; k += 2) {
      for (let j: usize = 0; j < 8; ++j) store<u16>(out + (j << 1), load<u16>(w + j * depth));
      out += 16;
      w += 2;
    }
  }
}

/**
 * Quantizes one head's keys, one scale a key, and interleaves them as the right operand of query · keys.
 * `out`: [⌈rows / 8⌉, headSize / 2, 8, 2] int16, keys beyond `rows` are zero; `scales`: f32 [⌈rows / 8⌉ · 8], each key's scale times
 * `factor` (1 / √headSize); `keys`: f32 [rows, headSize], rows `stride` elements apart.
 */
export function interleave_keys_i16_f32(
  out: usize,
  scales: usize,
  keys: usize,
  stride: usize,
  rows: usize,
  headSize: usize,
  qMax: f32,
  factor: f32,
): void {
  const paddedRows = (rows + 7) & ~7;
  const blockBytes = headSize << 4;
  for (let r: usize = 0; r < paddedRows; ++r) {
    let o = out + (r >> 3) * blockBytes + ((r & 7) << 2);
    if (r >= rows) {
      for (let d: usize = 0; d < headSize; d += 2, o += 32) store<u32>(o, 0);
      store<f32>(scales + (r << 2), 0);
      continue;
    }
    const key = keys + r * (stride << 2);
    const max = absMax_f32(key, headSize);
    const inverse = f32x4.splat(max > 0 ? qMax / max : 0);
    store<f32>(scales + (r << 2), (max / qMax) * factor);
    for (let d: usize = 0; d < headSize; d += 8, o += 128) {
      storePairs(o, quantize8(key + (d << 2), inverse), 32);
    }
  }
}

/**
 * Quantizes one head's values with a single scale and interleaves them as the right operand of probabilities · values.
 * `out`: [headSize / 8, ⌈rows / 2⌉, 8, 2] int16, an odd last row is followed by zeros; `scales`: f32 [headSize], all alike;
 * `values`: f32 [rows, headSize], rows `stride` elements apart.
 */
export function interleave_values_i16_f32(
  out: usize,
  scales: usize,
  values: usize,
  stride: usize,
  rows: usize,
  headSize: usize,
  qMax: f32,
): void {
  const rowBytes = stride << 2;
  let max: f32 = 0;
  for (let r: usize = 0; r < rows; ++r) {
    // NaN once is NaN for good: no number is greater.
    const rowMax = absMax_f32(values + r * rowBytes, headSize);
    if (!(rowMax <= max)) max = rowMax;
    if (isNaN(max)) break;
  }
  const inverse = f32x4.splat(max > 0 ? qMax / max : 0);
  for (let d: usize = 0; d < headSize; ++d) store<f32>(scales + (d << 2), max / qMax);
  for (let d: usize = 0; d < headSize; d += 8) {
    for (let r: usize = 0; r < rows; r += 2) {
      const value = values + r * rowBytes + (d << 2);
      const even = quantize8(value, inverse);
      const odd = r + 1 < rows ? quantize8(value + rowBytes, inverse) : i32x4.splat(0);
      v128.store(out, v128.shuffle<i16>(even, odd, 0, 8, 1, 9, 2, 10, 3, 11));
      v128.store(out, v128.shuffle<i16>(even, odd, 4, 12, 5, 13, 6, 14, 7, 15), 16);
      out += 32;
    }
  }
}
