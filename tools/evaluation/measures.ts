/**
 * Measures of one query's ranking. A ranking is given as the relevance of each document, best rank first: 0 or unjudged is not
 * relevant, larger is better. Ties are the caller's to break before.
 */

/** RR@k: 1 / rank of the first relevant document within the cutoff `k`, else 0. */
export function reciprocalRank(relevance: readonly number[], k: number): number {
  const place = relevance.slice(0, k).findIndex((gain) => gain > 0);
  return place < 0 ? 0 : 1 / (place + 1);
}

/**
 * nDCG@k with the relevance as gain and log2(rank + 1) as discount, as trec_eval computes it; 0 where nothing is relevant.
 *
 * @param judged - Relevance of every judged document of the query, retrieved or not: the ideal ranking is made of it.
 * @see Järvelin and Kekäläinen 2002, https://doi.org/10.1145/582415.582418
 */
export function nDcg(relevance: readonly number[], judged: readonly number[], k: number): number {
  const ideal = dcg(
    judged.toSorted((a, b) => b - a),
    k,
  );
  return ideal === 0 ? 0 : dcg(relevance, k) / ideal;
}

/**
 * Kendall's τ-b between two scorings of the same documents, from −1 to 1: 1 where they agree on the order of every pair. Pairs tied
 * in one of them count as in τ-b; 1 if both tie everything.
 *
 * @param a - At least two scores; as many in `b`.
 * @see Kendall 1945, https://doi.org/10.1093/biomet/33.3.239
 */
export function kendallTau(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let balance = 0;
  let untiedA = 0;
  let untiedB = 0;
  for (let i = 1; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const signA = Math.sign(a[i]! - a[j]!);
      const signB = Math.sign(b[i]! - b[j]!);
      balance += signA * signB;
      untiedA += Math.abs(signA);
      untiedB += Math.abs(signB);
    }
  }
  if (untiedA === 0 && untiedB === 0) return 1;
  return untiedA === 0 || untiedB === 0 ? 0 : balance / Math.sqrt(untiedA * untiedB);
}

/** Arithmetic mean, for a measure over queries; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function dcg(gains: readonly number[], k: number): number {
  return gains.slice(0, k).reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0);
}
