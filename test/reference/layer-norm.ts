/**
 * Each row shifted to mean 0 and scaled to variance 1 (the population's), then `· weight + bias`.
 *
 * @param x - `[rows, hidden]`
 * @param weight - `[hidden]`
 * @param bias - `[hidden]`
 * @param eps - Added to the variance.
 * @returns `[rows, hidden]`
 */
export function layerNorm(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  eps: number,
): Float64Array {
  const hidden = weight.length;
  const y = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += hidden) {
    let mean = 0;
    for (let i = 0; i < hidden; i++) mean += x[start + i]! / hidden;
    let variance = 0;
    for (let i = 0; i < hidden; i++) variance += (x[start + i]! - mean) ** 2 / hidden;
    for (let i = 0; i < hidden; i++) {
      y[start + i] = ((x[start + i]! - mean) / Math.sqrt(variance + eps)) * weight[i]! + bias[i]!;
    }
  }
  return y;
}
