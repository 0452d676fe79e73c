/**
 * Each row as `exp(x) / Σ exp(x)`, shifted by its maximum so that nothing overflows.
 *
 * @param x - `[rows, columns]`
 * @returns `[rows, columns]`; every row sums to 1
 */
export function softmax(x: ArrayLike<number>, columns: number): Float64Array {
  const y = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += columns) {
    let maximum = -Infinity;
    for (let i = 0; i < columns; i++) maximum = Math.max(maximum, x[start + i]!);
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += y[start + i] = Math.exp(x[start + i]! - maximum);
    for (let i = 0; i < columns; i++) y[start + i]! /= sum;
  }
  return y;
}
