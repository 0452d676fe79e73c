/**
 * out[t] = word[inputIds[t]] + tokenType[tokenTypeIds[t]] + position[t], each an int8 row times its own scale, added in this order.
 *
 * `out`: f32 [rows, cols], dense. `inputIds`: i32 [rows], each in [0, vocabSize); `tokenTypeIds`: u8 [rows], each in
 * [0, typeVocabSize): the binding has checked both. Positions count from 0 at the first row. Tables: int8 [entries, cols], row-major;
 * scales: f32 [entries]. `cols` is a multiple of 8.
 */
export function embed_f32_i8(
  out: usize,
  inputIds: usize,
  tokenTypeIds: usize,
  word: usize,
  wordScales: usize,
  tokenType: usize,
  tokenTypeScales: usize,
  position: usize,
  positionScales: usize,
  rows: usize,
  cols: usize,
): void {
  for (let r: usize = 0; r < rows; ++r) {
    const id = <usize>load<i32>(inputIds + (r << 2));
    const type = <usize>load<u8>(tokenTypeIds + r);
    const w = word + id * cols;
    const t = tokenType + type * cols;
    const p = position + r * cols;
    const ws = v128.load32_splat(wordScales + (id << 2));
    const ts = v128.load32_splat(tokenTypeScales + (type << 2));
    const ps = v128.load32_splat(positionScales + (r << 2));
    for (let c: usize = 0; c < cols; c += 8, out += 32) {
      const a = v128.load8x8_s(w + c);
      const b = v128.load8x8_s(t + c);
      const d = v128.load8x8_s(p + c);
      v128.store(
        out,
        sum3(
          f32x4.mul(lowHalf(a), ws),
          f32x4.mul(lowHalf(b), ts),
          f32x4.mul(lowHalf(d), ps),
        ),
      );
      v128.store(
        out,
        sum3(
          f32x4.mul(highHalf(a), ws),
          f32x4.mul(highHalf(b), ts),
          f32x4.mul(highHalf(d), ps),
        ),
        16,
      );
    }
  }
}

@inline
function sum3(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.add(a, b), c);
}

@inline
function lowHalf(v: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(v));
}

@inline
function highHalf(v: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(v));
}
