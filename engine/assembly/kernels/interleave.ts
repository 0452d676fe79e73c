/**
 * Reorders matrices into the blocks of eight columns that `matmul.ts` reads. Runs once a weight matrix at load and
 * once a head at run time.
 */
import { absMax_f32, inverseScale, largest, magnitudes_f32x4, quantize8 } from "./quantize";

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
 * `out`: [⌈rows / 8⌉, headSize / 2, 8, 2] int16; `scales`: f32 [⌈rows / 8⌉ · 8], each key's scale times `factor`; what is missing in the last
 * block are copies of the last key. `keys`: f32 [rows, headSize], rows `stride` elements apart; `headSize` a multiple of 8.
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
  const rowBytes = stride << 2;
  const lastKey = keys + (rows - 1) * rowBytes;
  const blockBytes = headSize << 4;
  for (let r: usize = 0; r < rows; r += 8, out += blockBytes) {
    for (let half: usize = 0; half < 32; half += 16, scales += 16) {
      // Four keys at a time: half a block.
      const key0 = min(keys, lastKey);
      const key1 = min(keys + rowBytes, lastKey);
      const key2 = min(keys + 2 * rowBytes, lastKey);
      const key3 = min(keys + 3 * rowBytes, lastKey);
      keys += 4 * rowBytes;
      const max0 = absMax_f32(key0, headSize);
      const max1 = absMax_f32(key1, headSize);
      const max2 = absMax_f32(key2, headSize);
      const max3 = absMax_f32(key3, headSize);
      store<f32>(scales, (max0 / qMax) * factor);
      store<f32>(scales, (max1 / qMax) * factor, 4);
      store<f32>(scales, (max2 / qMax) * factor, 8);
      store<f32>(scales, (max3 / qMax) * factor, 12);
      const inverse0 = f32x4.splat(inverseScale(max0, qMax));
      const inverse1 = f32x4.splat(inverseScale(max1, qMax));
      const inverse2 = f32x4.splat(inverseScale(max2, qMax));
      const inverse3 = f32x4.splat(inverseScale(max3, qMax));
      for (let d: usize = 0, o = out + half; d < headSize << 2; d += 32, o += 128) {
        // Four keys' four pairs of depths, transposed.
        const a = quantize8(key0 + d, inverse0);
        const b = quantize8(key1 + d, inverse1);
        const c = quantize8(key2 + d, inverse2);
        const e = quantize8(key3 + d, inverse3);
        const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
        const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
        const ceLow = v128.shuffle<i32>(c, e, 0, 4, 1, 5);
        const ceHigh = v128.shuffle<i32>(c, e, 2, 6, 3, 7);
        v128.store(o, v128.shuffle<i64>(abLow, ceLow, 0, 2));
        v128.store(o, v128.shuffle<i64>(abLow, ceLow, 1, 3), 32);
        v128.store(o, v128.shuffle<i64>(abHigh, ceHigh, 0, 2), 64);
        v128.store(o, v128.shuffle<i64>(abHigh, ceHigh, 1, 3), 96);
      }
    }
  }
}

/**
 * Quantizes one head's values with a single scale and interleaves them as the right operand of probabilities · values.
 * `out`: [headSize / 8, ⌈rows / 8⌉ · 4, 8, 2] int16, rows beyond `rows` are zero; `scales`: f32 [headSize], all alike;
 * `values`: f32 [rows, headSize], rows `stride` elements apart; `headSize` a multiple of 8.
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
  const paddedRows = (rows + 7) & ~7;
  let magnitudes = i32x4.splat(0);
  for (let r: usize = 0; r < rows; ++r) {
    magnitudes = i32x4.max_s(magnitudes, magnitudes_f32x4(values + r * rowBytes, headSize));
  }
  const max = largest(magnitudes);
  const inverse = f32x4.splat(inverseScale(max, qMax));
  for (let d: usize = 0; d < headSize; ++d) store<f32>(scales + (d << 2), max / qMax);
  for (let d: usize = 0; d < headSize; d += 8) {
    for (let r: usize = 0, value = values + (d << 2); r < paddedRows; r += 2, value += 2 * rowBytes) {
      const even = r < rows ? quantize8(value, inverse) : i32x4.splat(0);
      const odd = r + 1 < rows ? quantize8(value + rowBytes, inverse) : i32x4.splat(0);
      v128.store(out, v128.shuffle<i16>(even, odd, 0, 8, 1, 9, 2, 10, 3, 11));
      v128.store(out, v128.shuffle<i16>(even, odd, 4, 12, 5, 13, 6, 14, 7, 15), 16);
      out += 32;
    }
  }
}
