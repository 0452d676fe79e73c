/** A middle and how far values lie from it. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** @param values - At least one. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/**
 * The least of the values that so many percent of them do not exceed.
 * @param values - At least one.
 * @param percent - Over 0, at most 100.
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1]!;
}

/** Two things measured in turn, A B A B …: the spread of each and of what B takes as a multiple of A, pair by pair. */
export interface Comparison {
  ours: Spread;
  theirs: Spread;
  /** Over 1: we are faster. */
  ratio: Spread;
}

/** Measures both `rounds` times, in turn, so that whatever slows the machine for a while slows both. */
export async function compare(
  rounds: number,
  measureOurs: () => Promise<number>,
  measureTheirs: () => Promise<number>,
): Promise<Comparison> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await measureOurs());
    theirs.push(await measureTheirs());
  }
  return {
    ours: spreadOf(ours),
    theirs: spreadOf(theirs),
    ratio: spreadOf(ours.map((own, round) => theirs[round]! / own)),
  };
}
