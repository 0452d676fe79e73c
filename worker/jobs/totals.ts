/** Sums over the rows of shards. */
export interface Totals {
  scored: number;
  failed: number;
  /** Read by the model, special ones included; of a backend that does not say, an estimate. */
  tokens: number;
}

export const NOTHING: Totals = { scored: 0, failed: 0, tokens: 0 };

export function sumOf(totals: readonly Totals[]): Totals {
  const sum = { ...NOTHING };
  for (const { scored, failed, tokens } of totals) {
    sum.scored += scored;
    sum.failed += failed;
    sum.tokens += tokens;
  }
  return sum;
}
