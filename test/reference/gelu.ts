/**
 * The Gaussian error function, within 1e-15.
 *
 * All terms of the series `2/√π · exp(-x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·5···(2n+1))` have one sign, so nothing cancels; beyond 6, erf is 1 to float64.
 */
export function erf(x: number): number {
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** `x · Φ(x)` with the normal distribution's Φ, by erf: BERT's `gelu`, not its tanh approximation. Element-wise; any shape. */
export function gelu(x: ArrayLike<number>): Float64Array {
  return Float64Array.from(x, (value) => 0.5 * value * (1 + erf(value / Math.SQRT2)));
}
