/** How well scores in [0, 1] serve as probabilities of relevance. */

export interface CalibrationBin {
  /** Scores in [from, to), the last bin's in [from, to]. */
  from: number;
  to: number;
  count: number;
  /** Mean of the scores; NaN of none. */
  meanScore: number;
  /** Share of relevant documents; NaN of none. */
  relevantShare: number;
}

export interface Calibration {
  bins: readonly CalibrationBin[];
  /** Expected calibration error: the mean over documents of |mean score − relevant share| of their bin; in [0, 1]. */
  error: number;
}

/**
 * Sorts scores into bins of equal width.
 *
 * @param scores - In [0, 1].
 * @param relevant - As many.
 * @see Naeini, Cooper and Hauskrecht 2015, https://doi.org/10.1609/aaai.v29i1.9602
 */
export function calibrate(
  scores: readonly number[],
  relevant: readonly boolean[],
  numBins = 10,
): Calibration {
  const sums = Array.from({ length: numBins }, () => ({ count: 0, score: 0, relevant: 0 }));
  for (const [index, score] of scores.entries()) {
    const bin = sums[Math.min(numBins - 1, Math.floor(score * numBins))]!;
    bin.count++;
    bin.score += score;
    bin.relevant += Number(relevant[index]!);
  }
  const bins = sums.map((bin, index) => ({
    from: index / numBins,
    to: (index + 1) / numBins,
    count: bin.count,
    meanScore: bin.score / bin.count,
    relevantShare: bin.relevant / bin.count,
  }));
  const off = sums.reduce((sum, bin) => sum + Math.abs(bin.score - bin.relevant), 0);
  return { bins, error: scores.length === 0 ? 0 : off / scores.length };
}

/** A logit's score, in (0, 1). */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
