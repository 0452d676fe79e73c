import { computeLogits, type TextPair, type Work } from "./compute-logits.ts";
import { ok, type Result } from "./errors.ts";
import type { FitOptions } from "./fit-pair.ts";
import { MODEL } from "./model.ts";
import type { Turns } from "./turns.ts";

export interface ScoredPairs extends Work {
  /** [pairs, labels], row-major, in the request's order; none is NaN. */
  logits: Float32Array;
}

/**
 * Logits of pairs by a model that labels each as a whole.
 * @param fit - Without "max_window", which gives a pair several rows. Default: as {@link computeLogits} has it.
 */
export async function scorePairs(
  pairs: readonly TextPair[],
  turns: Turns,
  fit?: FitOptions,
): Promise<Result<ScoredPairs>> {
  const numLabels = MODEL.head.labels.length;
  const logits = new Float32Array(pairs.length * numLabels);
  const work = await computeLogits(
    pairs,
    turns,
    (index, row) => logits.set(row, index * numLabels),
    fit,
  );
  return work.ok ? ok({ ...work.value, logits }) : work;
}
