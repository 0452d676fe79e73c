/**
 * Symmetric quantization to int16, one scale a row: q = round_half_even(x · (qMax / max|x|)), x ≈ q · (max|x| / qMax).
 *
 * qMax is what keeps the sums of `matmul.ts` in range. Each operation is a rounded f32 one, so that a float64 reference that rounds
 * after every step agrees bit for bit. A row that holds NaN or infinity gets a scale of NaN or infinity and poisons its logit: it is found.
 */

/** 1.5 · 2^23: adding it to |x| < 2^22 rounds x to a whole number, half to even, and leaves that number in the low mantissa bits. */
@inline
export const ROUNDING_MAGIC: f32 = 12582912;
@inline
export const ROUNDING_MAGIC_BITS: i32 = 0x4b400000;

/**
 * Largest |x| of each lane of f32 [length], `length` a multiple of 4, as the integers of their bits: magnitudes compare like those, and
 * NaN is above infinity.
 */
@inline
export function magnitudes_f32x4(x: usize, length: usize): v128 {
  const magnitude = i32x4.splat(0x7fffffff);
  let m = i32x4.splat(0);
  for (const end = x + (length << 2); x < end; x += 16) m = i32x4.max_s(m, v128.and(v128.load(x), magnitude));
  return m;
}

/** The number whose bits are the largest lane. */
@inline
export function largest(magnitudes: v128): f32 {
  const pairs = i32x4.max_s(magnitudes, v128.shuffle<i32>(magnitudes, magnitudes, 2, 3, 0, 1));
  return f32x4.extract_lane(i32x4.max_s(pairs, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** Largest |x| of f32 [length], `length` a multiple of 4. 0 for all zeros, NaN if one is NaN. */
@inline
export function absMax_f32(x: usize, length: usize): f32 {
  return largest(magnitudes_f32x4(x, length));
}

/** What a row whose largest magnitude is `max` is multiplied with. */
@inline
export function inverseScale(max: f32, qMax: f32): f32 {
  return max > 0 ? qMax / max : 0;
}

/** Four f32 at `x` times `inverse`, rounded half to even, as int32. The products lie within ±2^22. */
@inline
function round4(x: v128, inverse: v128): v128 {
  return i32x4.sub(
    f32x4.add(f32x4.mul(x, inverse), f32x4.splat(ROUNDING_MAGIC)),
    i32x4.splat(ROUNDING_MAGIC_BITS),
  );
}

/** Eight f32 at `x` times `inverse`, rounded half to even, as int16x8: four pairs of neighbouring depths. */
@inline
export function quantize8(x: usize, inverse: v128): v128 {
  return i16x8.narrow_i32x4_s(round4(v128.load(x), inverse), round4(v128.load(x, 16), inverse));
}

/**
 * Quantizes a tile of three f32 rows of `cols` elements with the given factors. `out`: int16 [cols / 2, 3, 2], as `matmul.ts` reads it; `cols` a
 * multiple of 8. Rows may be the same.
 */
@inline
export function quantizeTile(
  out: usize,
  row0: usize,
  row1: usize,
  row2: usize,
  inverse0: f32,
  inverse1: f32,
  inverse2: f32,
  cols: usize,
): void {
  const i0 = f32x4.splat(inverse0);
  const i1 = f32x4.splat(inverse1);
  const i2 = f32x4.splat(inverse2);
  for (let c: usize = 0, end = cols << 2; c < end; c += 32, out += 48) {
    const a = quantize8(row0 + c, i0);
    const b = quantize8(row1 + c, i1);
    const d = quantize8(row2 + c, i2);
    // a0 b0 a1 b1 and a2 b2 a3 b3, and d's pairs in between.
    const low = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<i32>(low, d, 0, 1, 4, 2));
    v128.store(out, v128.shuffle<i64>(v128.shuffle<i32>(low, d, 3, 5, 3, 5), high, 0, 2), 16);
    v128.store(out, v128.shuffle<i32>(high, d, 6, 2, 3, 7), 32);
  }
}

/**
 * Quantizes f32 rows. `out`: int16 in tiles of three rows, [⌈rows / 3⌉, cols / 2, 3, 2], as `matmul.ts` reads it; rows that the last tile lacks
 * are filled with copies. `scales`: f32 [rows]; `x`: f32 [rows, cols], rows `stride` elements apart; `cols` a multiple of 8. An all-zero row
 * gets scale 0. No overlap.
 */
export function quantize_i16_f32(
  out: usize,
  scales: usize,
  x: usize,
  stride: usize,
  rows: usize,
  cols: usize,
  qMax: f32,
): void {
  const rowBytes = stride << 2;
  for (let r: usize = 0; r < rows; r += 3, x += 3 * rowBytes, out += cols * 6, scales += 12) {
    const left = rows - r;
    const row1 = left > 1 ? x + rowBytes : x;
    const row2 = left > 2 ? row1 + rowBytes : x;
    const max0 = absMax_f32(x, cols);
    const max1 = absMax_f32(row1, cols);
    const max2 = absMax_f32(row2, cols);
    store<f32>(scales, max0 / qMax);
    if (left > 1) store<f32>(scales, max1 / qMax, 4);
    if (left > 2) store<f32>(scales, max2 / qMax, 8);
    quantizeTile(
      out,
      x,
      row1,
      row2,
      inverseScale(max0, qMax),
      inverseScale(max1, qMax),
      inverseScale(max2, qMax),
      cols,
    );
  }
}
