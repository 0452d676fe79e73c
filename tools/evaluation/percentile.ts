/**
 * The value that a share of the values does not exceed: the smallest with at least that share at or below it (nearest rank).
 * @param values - In any order; NaN of none.
 * @param share - In (0, 1]: 0.5 for p50.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
