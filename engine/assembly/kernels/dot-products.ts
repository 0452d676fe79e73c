/**
 * The arithmetic of `matmul.ts`: exact int32 sums of tiles of three rows by eight columns, then float32.
 *
 * Half of the multiplications are traded for additions (Winograd 1968, https://doi.org/10.1109/TC.1968.227420). For an even pair of
 * depths a, w and the odd pair b, v behind it, a · w + b · v = (a + v) · (b + w) − a · b − w · v; Σ a · b depends on the row alone and
 * Σ w · v on the column alone. x86 multiplies in two of the four pipes that add, and ARM takes three instructions for a dot.
 *
 * All sums are taken modulo 2^32, so only the last one has to fit int32, and it is exact: |Σ a · w| ≤ 32,640 · 127 · 512 < 2^31 against
 * weights; see `attention.ts` for the others. Sums of two int16 fit int16 as long as qMaxLeft + qMaxRight ≤ 32,767. Greater depths are
 * taken in parts of 512, whose exact sums are added in f32, one rounded addition a part, in order.
 *
 * Two pairs of depths a round, two rounds a turn: 6 accumulators, 4 weight vectors, 2 splats and 2 temporaries fit the 15 vector
 * registers that V8 has on x86-64. Int8 weights of a block and part are widened once, to 8 KB that stay in the L1 cache over all rows.
 */

/** Greatest depth of one exact sum. */
const PART_DEPTH: usize = 512;

/** Bytes of `scratch` before the row sums: one block of int16. */
const WIDE_BYTES: usize = PART_DEPTH << 4;

/** Four columns of (a + v) · (b + w); `a`, `b`: a row's even and odd pair, splatted; `even` w, `odd` v: pairs of four columns. */
@inline
function cross(a: v128, b: v128, even: v128, odd: v128): v128 {
  return i32x4.dot_i16x8_s(i16x8.add(a, odd), i16x8.add(b, even));
}

/** −Σ a · b of each row, the even pairs of its depths times the odd ones. `sums`: i32, whole tiles and one more. */
@inline
function negatedRowSums(sums: usize, a: usize, rows: usize, tileBytes: usize, partBytes: usize): void {
  for (let r: usize = 0; r < rows; r += 3, a += tileBytes, sums += 12) {
    // Lanes 0 to 2 are the three rows; lane 3 is overwritten by the next tile.
    let s = i32x4.splat(0);
    for (let x = a, end = a + partBytes; x < end; x += 24) {
      s = i32x4.sub(s, i32x4.dot_i16x8_s(v128.load(x), v128.load(x, 12)));
    }
    v128.store(sums, s);
  }
}

/** Four sums times both scales, plus bias: the same three rounded operations for every element. */
@inline
function rescale(sum: v128, rowScale: v128, colScale: v128, bias: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.mul(sum, rowScale), colScale), bias);
}

/** The product of `matmul.ts`, for int8 or int16 on the right. `biases` is 0 for none. */
@inline
export function dotProducts<W>(
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
  const outRow = outStride << 2;
  const tileBytes = depth * 6;
  const blockBytes = (depth << 3) * sizeof<W>();
  const rowSums = scratch + WIDE_BYTES;
  for (let k: usize = 0; k < depth; k += PART_DEPTH) {
    const partDepth = min(PART_DEPTH, depth - k);
    const last = k + partDepth == depth;
    const partTiles = a + k * 6;
    negatedRowSums(rowSums, partTiles, rows, tileBytes, partDepth * 6);
    let block = w + (k << 3) * sizeof<W>();
    for (let c: usize = 0; c < cols; c += 8, block += blockBytes) {
      const weights = sizeof<W>() == 1 ? scratch : block;
      const weightsEnd = weights + (partDepth << 4);
      // −Σ w · v of each column, and widening.
      let colSumsLow = i32x4.splat(0);
      let colSumsHigh = i32x4.splat(0);
      for (let p = weights, b = block; p < weightsEnd; p += 64, b += 32 * sizeof<W>()) {
        const evenLow = load8<W>(b, 0);
        const evenHigh = load8<W>(b, 1);
        const oddLow = load8<W>(b, 2);
        const oddHigh = load8<W>(b, 3);
        colSumsLow = i32x4.sub(colSumsLow, i32x4.dot_i16x8_s(evenLow, oddLow));
        colSumsHigh = i32x4.sub(colSumsHigh, i32x4.dot_i16x8_s(evenHigh, oddHigh));
        if (sizeof<W>() == 1) {
          v128.store(p, evenLow);
          v128.store(p, evenHigh, 16);
          v128.store(p, oddLow, 32);
          v128.store(p, oddHigh, 48);
        }
      }
      const colScaleLow = v128.load(colScales + (c << 2));
      const colScaleHigh = v128.load(colScales + (c << 2), 16);
      let biasLow = f32x4.splat(0);
      let biasHigh = f32x4.splat(0);
      if (biases != 0) {
        biasLow = v128.load(biases + (c << 2));
        biasHigh = v128.load(biases + (c << 2), 16);
      }
      let tile = partTiles;
      let o = out + (c << 2);
      for (let r: usize = 0; r < rows; r += 3, tile += tileBytes) {
        // s<row><half>: sums of four columns.
        const sums = rowSums + (r << 2);
        const sum0 = v128.load32_splat(sums);
        let s00 = i32x4.add(colSumsLow, sum0);
        let s01 = i32x4.add(colSumsHigh, sum0);
        const sum1 = v128.load32_splat(sums, 4);
        let s10 = i32x4.add(colSumsLow, sum1);
        let s11 = i32x4.add(colSumsHigh, sum1);
        const sum2 = v128.load32_splat(sums, 8);
        let s20 = i32x4.add(colSumsLow, sum2);
        let s21 = i32x4.add(colSumsHigh, sum2);
        // The conditions skip rows that do not exist. They also keep V8's older compiler (Node 22) from moving all loads of a turn to
        // its front, where they do not fit the registers: without them it takes half as long again.
        const left = rows - r;
        let even = tile;
        let odd = tile + 12;
        for (let p = weights; p < weightsEnd; p += 128) {
          const el = v128.load(p);
          const eh = v128.load(p, 16);
          const ol = v128.load(p, 32);
          const oh = v128.load(p, 48);
          if (left > 2) {
            const x = v128.load32_splat(even, 8);
            const y = v128.load32_splat(odd, 8);
            s20 = i32x4.add(s20, cross(x, y, el, ol));
            s21 = i32x4.add(s21, cross(x, y, eh, oh));
          }
          if (left > 1) {
            const x = v128.load32_splat(even, 4);
            const y = v128.load32_splat(odd, 4);
            s10 = i32x4.add(s10, cross(x, y, el, ol));
            s11 = i32x4.add(s11, cross(x, y, eh, oh));
          }
          if (left > 0) {
            const x = v128.load32_splat(even);
            const y = v128.load32_splat(odd);
            s00 = i32x4.add(s00, cross(x, y, el, ol));
            s01 = i32x4.add(s01, cross(x, y, eh, oh));
          }
          even += 24;
          odd += 24;
          const nextEl = v128.load(p, 64);
          const nextEh = v128.load(p, 80);
          const nextOl = v128.load(p, 96);
          const nextOh = v128.load(p, 112);
          if (left > 2) {
            const x = v128.load32_splat(even, 8);
            const y = v128.load32_splat(odd, 8);
            s20 = i32x4.add(s20, cross(x, y, nextEl, nextOl));
            s21 = i32x4.add(s21, cross(x, y, nextEh, nextOh));
          }
          if (left > 1) {
            const x = v128.load32_splat(even, 4);
            const y = v128.load32_splat(odd, 4);
            s10 = i32x4.add(s10, cross(x, y, nextEl, nextOl));
            s11 = i32x4.add(s11, cross(x, y, nextEh, nextOh));
          }
          const x = v128.load32_splat(even);
          const y = v128.load32_splat(odd);
          s00 = i32x4.add(s00, cross(x, y, nextEl, nextOl));
          s01 = i32x4.add(s01, cross(x, y, nextEh, nextOh));
          even += 24;
          odd += 24;
        }
        let f00 = f32x4.convert_i32x4_s(s00);
        let f01 = f32x4.convert_i32x4_s(s01);
        let f10 = f32x4.convert_i32x4_s(s10);
        let f11 = f32x4.convert_i32x4_s(s11);
        let f20 = f32x4.convert_i32x4_s(s20);
        let f21 = f32x4.convert_i32x4_s(s21);
        const o1 = o + outRow;
        const o2 = o1 + outRow;
        if (k != 0) {
          f00 = f32x4.add(v128.load(o), f00);
          f01 = f32x4.add(v128.load(o, 16), f01);
          f10 = f32x4.add(v128.load(o1), f10);
          f11 = f32x4.add(v128.load(o1, 16), f11);
          f20 = f32x4.add(v128.load(o2), f20);
          f21 = f32x4.add(v128.load(o2, 16), f21);
        }
        if (last) {
          const scales = rowScales + (r << 2);
          const scale0 = v128.load32_splat(scales);
          f00 = rescale(f00, scale0, colScaleLow, biasLow);
          f01 = rescale(f01, scale0, colScaleHigh, biasHigh);
          const scale1 = v128.load32_splat(scales, 4);
          f10 = rescale(f10, scale1, colScaleLow, biasLow);
          f11 = rescale(f11, scale1, colScaleHigh, biasHigh);
          const scale2 = v128.load32_splat(scales, 8);
          f20 = rescale(f20, scale2, colScaleLow, biasLow);
          f21 = rescale(f21, scale2, colScaleHigh, biasHigh);
        }
        v128.store(o, f00);
        v128.store(o, f01, 16);
        if (left < 2) break;
        v128.store(o1, f10);
        v128.store(o1, f11, 16);
        if (left < 3) break;
        v128.store(o2, f20);
        v128.store(o2, f21, 16);
        o = o2 + outRow;
      }
    }
  }
}

/** Vector `index` of the four of two depth pairs at `w`, as 8 int16. */
@inline
function load8<W>(w: usize, index: usize): v128 {
  if (sizeof<W>() == 1) return v128.load8x8_s(w + index * 8);
  return v128.load(w + index * 16);
}
