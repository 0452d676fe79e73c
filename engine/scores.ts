/** Logits to scores and to an order. Pure: the same logits give the same scores on every host. */
import { exp } from "./exp.ts";
import type { Head } from "./manifest.ts";

/** 1 / (1 + e^-logit): in [0, 1], rising with the logit, not a calibrated probability. */
export function sigmoid(logit: number): number {
  return 1 / (1 + exp(-logit));
}

/**
 * The logit whose sigmoid a score is. A score that was rounded to 0 or 1 gets a finite one with the same sigmoid.
 * @param score - In [0, 1].
 */
export function logitOf(score: number): number {
  return Math.max(-745, Math.min(37, Math.log(score) - Math.log1p(-score)));
}

/** e^logit over the sum of all e^logit: each in [0, 1], together 1. */
export function softmax(logits: ArrayLike<number>): number[] {
  const greatest = logits[bestColumn(logits)]!;
  const powers = Array.from(logits, (logit) => exp(logit - greatest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** What makes scores of logits; "none" leaves them as they are. */
export const SCORE_FUNCTIONS = ["sigmoid", "softmax", "none"] as const;

export type ScoreFunction = (typeof SCORE_FUNCTIONS)[number];

/** What suits a head: softmax if one of several labels is right, else sigmoid. */
export function scoreFunctionOf({ kind, labels }: Head): ScoreFunction {
  return kind === "multi-label-classification" || labels.length === 1 ? "sigmoid" : "softmax";
}

/** Scores of the labels of one pair or token. */
export function scoresOf(logits: Float32Array, scoreFunction: ScoreFunction): number[] {
  switch (scoreFunction) {
    case "sigmoid":
      return Array.from(logits, sigmoid);
    case "softmax":
      return softmax(logits);
    case "none":
      return Array.from(logits);
  }
}

/** Index of the greatest value, of equal ones the first. @param values - At least one, none NaN. */
export function bestColumn(values: ArrayLike<number>): number {
  let best = 0;
  for (let column = 1; column < values.length; column++) {
    if (values[column]! > values[best]!) best = column;
  }
  return best;
}

/**
 * Indices by descending logit, of equal ones the lower index first. Of logits and not of scores: a sigmoid rounds distinct logits
 * over 37 to the same 1.
 *
 * @param logits - One a document, none NaN.
 */
export function rank(logits: ArrayLike<number>): number[] {
  return Array.from(logits, (_, index) => index).sort((a, b) => logits[b]! - logits[a]! || a - b);
}
