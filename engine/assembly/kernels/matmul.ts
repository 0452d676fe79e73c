/**
 * Integer matrix products with a float32 result: out[r, c] = (Σ_k a[r, k] · w[k, c]) · rowScale[r] · colScale[c] (+ bias[c]).
 *
 * Left operand: int16 "tiles of four rows", [⌈rows / 4⌉, depth / 2, 4, 2]: for every pair of depths (k, k + 1) the pairs of four rows stand
 * side by side, as `quantize.ts` and `softmax.ts` write them. What stands in rows beyond `rows` is read and has no effect.
 *
 * Right operand: int8 (weights) or int16 (keys and values of attention) in "blocks of eight columns", [cols / 8, depth / 2, 8, 2]: for
 * every pair of depths the pairs of eight columns stand side by side, as `interleave.ts` writes them. So one `i32x4.dot_i16x8_s` with a
 * splatted pair of activations advances four columns by two depths, and no horizontal sum is ever needed.
 *
 * Sums are exact in int32. The caller keeps them in range: qMaxLeft · qMaxRight · depth ≤ 2^31 − 1 (see `quantize.ts`).
 *
 * Tile: 4 rows × 8 columns, one pair of depths a round: 8 accumulators, 2 weight vectors, 4 splats and one temporary just fit the 15
 * vector registers that V8 has on x86-64. Unrolled by hand, V8 hoists the loads of all rounds to the front and spills accumulators: a
 * fifth slower. The block of one tile column (8 · depth bytes of int8, at most 12 KB) stays in the L1 cache over all rows.
 */

/** Columns c … c + 3 of the depth pair at `w`, as 8 int16. */
@inline
function loadLow<W>(w: usize): v128 {
  if (sizeof<W>() == 1) return v128.load8x8_s(w);
  return v128.load(w);
}

/** Columns c + 4 … c + 7 of the depth pair at `w`, as 8 int16. */
@inline
function loadHigh<W>(w: usize): v128 {
  if (sizeof<W>() == 1) return v128.load8x8_s(w, 8);
  return v128.load(w, 16);
}

/** f32 of four int32 sums, times both scales, plus bias: the same three rounded operations for every element. */
@inline
function rescale(sum: v128, rowScale: v128, colScale: v128, bias: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sum), rowScale), colScale), bias);
}

@inline
function dotProducts<W>(
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
): void {
  const outRow = outStride << 2;
  const tileBytes = depth << 3;
  const blockBytes = (depth << 3) * sizeof<W>();
  for (let c: usize = 0; c < cols; c += 8, w += blockBytes) {
    const blockEnd = w + blockBytes;
    const colScaleLow = v128.load(colScales + (c << 2));
    const colScaleHigh = v128.load(colScales + (c << 2), 16);
    let biasLow = f32x4.splat(0);
    let biasHigh = f32x4.splat(0);
    if (biases != 0) {
      biasLow = v128.load(biases + (c << 2));
      biasHigh = v128.load(biases + (c << 2), 16);
    }
    for (let r: usize = 0; r < rows; r += 4) {
      // s<row><half>: sums of four columns.
      let s00 = i32x4.splat(0);
      let s01 = i32x4.splat(0);
      let s10 = i32x4.splat(0);
      let s11 = i32x4.splat(0);
      let s20 = i32x4.splat(0);
      let s21 = i32x4.splat(0);
      let s30 = i32x4.splat(0);
      let s31 = i32x4.splat(0);
      let x = a + (r >> 2) * tileBytes;
      for (let p = w; p < blockEnd; p += 16 * sizeof<W>(), x += 16) {
        const low = loadLow<W>(p);
        const high = loadHigh<W>(p);
        const x0 = v128.load32_splat(x);
        s00 = i32x4.add(s00, i32x4.dot_i16x8_s(x0, low));
        s01 = i32x4.add(s01, i32x4.dot_i16x8_s(x0, high));
        const x1 = v128.load32_splat(x, 4);
        s10 = i32x4.add(s10, i32x4.dot_i16x8_s(x1, low));
        s11 = i32x4.add(s11, i32x4.dot_i16x8_s(x1, high));
        const x2 = v128.load32_splat(x, 8);
        s20 = i32x4.add(s20, i32x4.dot_i16x8_s(x2, low));
        s21 = i32x4.add(s21, i32x4.dot_i16x8_s(x2, high));
        const x3 = v128.load32_splat(x, 12);
        s30 = i32x4.add(s30, i32x4.dot_i16x8_s(x3, low));
        s31 = i32x4.add(s31, i32x4.dot_i16x8_s(x3, high));
      }
      const left = rows - r;
      const scale = rowScales + (r << 2);
      let o = out + r * outRow + (c << 2);
      const scale0 = v128.load32_splat(scale);
      v128.store(o, rescale(s00, scale0, colScaleLow, biasLow));
      v128.store(o, rescale(s01, scale0, colScaleHigh, biasHigh), 16);
      if (left < 2) continue;
      o += outRow;
      const scale1 = v128.load32_splat(scale, 4);
      v128.store(o, rescale(s10, scale1, colScaleLow, biasLow));
      v128.store(o, rescale(s11, scale1, colScaleHigh, biasHigh), 16);
      if (left < 3) continue;
      o += outRow;
      const scale2 = v128.load32_splat(scale, 8);
      v128.store(o, rescale(s20, scale2, colScaleLow, biasLow));
      v128.store(o, rescale(s21, scale2, colScaleHigh, biasHigh), 16);
      if (left < 4) continue;
      o += outRow;
      const scale3 = v128.load32_splat(scale, 12);
      v128.store(o, rescale(s30, scale3, colScaleLow, biasLow));
      v128.store(o, rescale(s31, scale3, colScaleHigh, biasHigh), 16);
    }
  }
}

/**
 * f32 out [rows, cols], rows `outStride` elements apart, from int16 activations in tiles and int8 weights in blocks. `cols` is a multiple
 * of 8, `depth` even. `rowScales` f32 [rows], `colScales` f32 [cols], `biases` f32 [cols] or 0 for none.
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
): void {
  dotProducts<i8>(out, outStride, a, w, rowScales, colScales, biases, rows, cols, depth);
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
): void {
  dotProducts<i16>(out, outStride, a, w, rowScales, colScales, 0, rows, cols, depth);
}
