/**
 * Kendall's τ-b between two scorings of the same documents that leaves rounding out: a pair that both scorings together hold within
 * `epsilon`, on the mean of their two differences, counts as tied in both. One decision a pair, so that a pair at the border is not
 * tied in one scoring and ordered in the other, which would cost a short list its agreement for nothing.
 *
 * @param a - At least one number, none NaN; as many in `b`, on the same scale.
 * @param epsilon - At least 0, of that scale. With 0 it is τ-b itself, `kendallTau` of the evaluation.
 * @returns from -1 to 1: 1 where no pair beyond `epsilon` is ordered otherwise, also where there is no such pair, as with one document
 * @see Kendall 1945, https://doi.org/10.1093/biomet/33.3.239
 */
export function rankAgreement(a: readonly number[], b: readonly number[], epsilon: number): number {
  let balance = 0;
  let untiedA = 0;
  let untiedB = 0;
  for (let i = 1; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const stepA = a[i]! - a[j]!;
      const stepB = b[i]! - b[j]!;
      if ((Math.abs(stepA) + Math.abs(stepB)) / 2 <= epsilon) continue;
      balance += Math.sign(stepA) * Math.sign(stepB);
      untiedA += Math.abs(Math.sign(stepA));
      untiedB += Math.abs(Math.sign(stepB));
    }
  }
  if (untiedA === 0 && untiedB === 0) return 1;
  return untiedA === 0 || untiedB === 0 ? 0 : balance / Math.sqrt(untiedA * untiedB);
}
