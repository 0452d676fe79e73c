/** How trec_eval orders a run. */

export interface ScoredDocument {
  docId: string;
  /** Larger is better; never NaN. */
  score: number;
}

/**
 * Documents by descending score and, of equal scores, by descending id, byte by byte. Scores are compared as 32-bit floats, which is
 * how trec_eval keeps them: two that differ only beyond that are a tie. A rank column plays no part.
 *
 * @returns a new array
 * @see https://github.com/usnistgov/trec_eval/blob/v9.0.8/form_res_rels.c
 */
export function trecOrder<T extends ScoredDocument>(documents: readonly T[]): T[] {
  return documents.toSorted(
    (a, b) => compareDescending(Math.fround(a.score), Math.fround(b.score)) || compareIds(b, a),
  );
}

/** Infinite scores included, whose difference is not a number. */
function compareDescending(a: number, b: number): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

function compareIds(a: ScoredDocument, b: ScoredDocument): number {
  return Buffer.compare(Buffer.from(a.docId), Buffer.from(b.docId));
}
