/**
 * Symmetric quantization to int16, one scale a row: q = round_half_even(x · (qMax / max|x|)), x ≈ q · (max|x| / qMax).
 *
 * qMax is what keeps the int32 sums of `matmul.ts` exact: qMax · 127 · depth ≤ 2^31 − 1 against int8 weights, that is 32,767 at
 * depth 384 and 11,008 at depth 1,536. Each operation is a rounded f32 one, so that a float64 reference that rounds after every
 * step agrees bit for bit. A row that holds NaN or infinity gets a scale of NaN or infinity and poisons its logit: it is found.
 */

/** 1.5 · 2^23: adding it to |x| < 2^22 rounds x to a whole number, half to even, and leaves that number in the low mantissa bits. */
@inline
export const ROUNDING_MAGIC: f32 = 12582912;
@inline
export const ROUNDING_MAGIC_BITS: i32 = 0x4b400000;

/**
 * Largest |x| of f32 [length], `length` a multiple of 4. 0 for all zeros, NaN if one is NaN: magnitudes compare as the integers of
 * their bits, where NaN is above infinity.
 */
export function absMax_f32(x: usize, length: usize): f32 {
  const magnitude = i32x4.splat(0x7fffffff);
  let m = i32x4.splat(0);
  for (const end = x + (length << 2); x < end; x += 16) m = i32x4.max_s(m, v128.and(v128.load(x), magnitude));
  return reinterpret<f32>(
    max<i32>(
      max<i32>(i32x4.extract_lane(m, 0), i32x4.extract_lane(m, 1)),
      max<i32>(i32x4.extract_lane(m, 2), i32x4.extract_lane(m, 3)),
    ),
  );
}

/** Four f32 at `x` times `inverse`, rounded half to even, as int32. The products lie within ±2^22. */
@inline
function round4(x: v128, inverse: v128): v128 {
  return i32x4.sub(
    f32x4.add(f32x4.mul(x, inverse), f32x4.splat(ROUNDING_MAGIC)),
    i32x4.splat(ROUNDING_MAGIC_BITS),
  );
}

/** Eight f32 at `x` times `inverse`, rounded half to even, as int16x8. */
@inline
export function quantize8(x: usize, inverse: v128): v128 {
  return i16x8.narrow_i32x4_s(round4(v128.load(x), inverse), round4(v128.load(x, 16), inverse));
}

/** Stores the four pairs of eight int16 `stride` bytes apart: pairs of neighbouring depths, as the products' operands have them. */
@inline
export function storePairs(out: usize, q: v128, stride: usize): void {
  v128.store32_lane(out, q, 0);
  v128.store32_lane(out + stride, q, 1);
  v128.store32_lane(out + 2 * stride, q, 2);
  v128.store32_lane(out + 3 * stride, q, 3);
}

/** Bytes from one depth pair of a row to the next in a tile of four rows. */
@inline
export const TILE_PAIR_STRIDE: usize = 16;

/** Where row `row` of a matrix in tiles of four rows starts, `depth` elements a row. */
@inline
export function tileRow(matrix: usize, row: usize, depth: usize): usize {
  return matrix + (row >> 2) * (depth << 3) + ((row & 3) << 2);
}

/**
 * Quantizes f32 rows. `out`: int16 in tiles of four rows, [⌈rows / 4⌉, cols / 2, 4, 2], as `matmul.ts` reads it; rows beyond `rows` are not
 * written. `scales`: f32 [rows]; `x`: f32 [rows, cols], rows `stride` elements apart; `cols` a multiple of 8. An all-zero row gets scale 0. No
 * overlap.
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
  for (let r: usize = 0; r < rows; ++r) {
    const row = x + r * (stride << 2);
    const max = absMax_f32(row, cols);
    const inverse = f32x4.splat(max > 0 ? qMax / max : 0);
    store<f32>(scales + (r << 2), max / qMax);
    let o = tileRow(out, r, cols);
    for (let c: usize = 0; c < cols; c += 8, o += 4 * TILE_PAIR_STRIDE) {
      storePairs(o, quantize8(row + (c << 2), inverse), TILE_PAIR_STRIDE);
    }
  }
}
