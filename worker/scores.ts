/** Logits to scores and to an order. Pure. */

/** 1 / (1 + e^-logit): in [0, 1], rising with the logit, not a calibrated probability. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** The best label of one pair; of equal ones the first. */
export interface BestLabel {
  /** Column in the logits. */
  column: number;
  /** Sigmoid of the logit if there is but one label, else the label's softmax; in [0, 1]. */
  score: number;
}

/** @param logits - Logits of one pair, one a label, at least one. */
export function bestLabel(logits: Float32Array): BestLabel {
  const column = logits.reduce((best, logit, index) => (logit > logits[best]! ? index : best), 0);
  const best = logits[column]!;
  if (logits.length === 1) return { column, score: sigmoid(best) };
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - best), 0);
  return { column, score: 1 / sum };
}

/**
 * Indices by descending logit, of equal ones the lower index first. Of logits and not of scores: a sigmoid rounds distinct logits
 * over 37 to the same 1.
 *
 * @param logits - One a document, none NaN.
 */
export function rank(logits: Float32Array): number[] {
  return Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
}
