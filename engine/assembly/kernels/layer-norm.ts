/**
 * out = (x + residual − mean) / √(variance + eps) · weight + bias, row by row (Ba et al. 2016, https://arxiv.org/abs/1607.06450).
 *
 * `out`, `x`, `residual`: f32 [rows, cols], dense; `residual` 0 for none; `out` may be `x` or `residual`. `weight`, `bias`: f32 [cols]. `cols` is a
 * multiple of 8. Three passes; the mean is taken of the differences to the row's first element, so that a row of equal values
 * has a variance of exactly 0 and gives `bias`. Two running sums a pass: one alone would wait for itself.
 */
export function layer_norm_f32(
  out: usize,
  x: usize,
  residual: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  cols: usize,
  eps: f32,
): void {
  const rowBytes = cols << 2;
  const count = <f32>cols;
  for (let r: usize = 0; r < rows; ++r) {
    // Pass 1: the sum into `out`, and its mean.
    let pivot = load<f32>(x);
    if (residual != 0) pivot += load<f32>(residual);
    const pivots = f32x4.splat(pivot);
    let even = f32x4.splat(0);
    let odd = f32x4.splat(0);
    for (let c: usize = 0; c < rowBytes; c += 32) {
      let low = v128.load(x + c);
      let high = v128.load(x + c, 16);
      if (residual != 0) {
        low = f32x4.add(low, v128.load(residual + c));
        high = f32x4.add(high, v128.load(residual + c, 16));
      }
      low = f32x4.sub(low, pivots);
      high = f32x4.sub(high, pivots);
      v128.store(out + c, low);
      v128.store(out + c, high, 16);
      even = f32x4.add(even, low);
      odd = f32x4.add(odd, high);
    }
    const mean = f32x4.splat(horizontalSum(f32x4.add(even, odd)) / count);
    // Pass 2: the variance.
    even = f32x4.splat(0);
    odd = f32x4.splat(0);
    for (let c: usize = 0; c < rowBytes; c += 32) {
      const low = f32x4.sub(v128.load(out + c), mean);
      const high = f32x4.sub(v128.load(out + c, 16), mean);
      even = f32x4.add(even, f32x4.mul(low, low));
      odd = f32x4.add(odd, f32x4.mul(high, high));
    }
    const inverse = f32x4.splat(1 / sqrt<f32>(horizontalSum(f32x4.add(even, odd)) / count + eps));
    // Pass 3: normalise.
    for (let c: usize = 0; c < rowBytes; c += 16) {
      const n = f32x4.mul(f32x4.sub(v128.load(out + c), mean), inverse);
      v128.store(out + c, f32x4.add(f32x4.mul(n, v128.load(weight + c)), v128.load(bias + c)));
    }
    out += rowBytes;
    x += rowBytes;
    if (residual != 0) residual += rowBytes;
  }
}

/** Lane 0 + lane 1 + (lane 2 + lane 3), in this order. */
@inline
export function horizontalSum(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}
