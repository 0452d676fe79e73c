import { computeLogits, type TextPair, type Work } from "./compute-logits.ts";
import { ok, type Result } from "./errors.ts";
import { MODEL } from "./model.ts";
import type { Turns } from "./turns.ts";

export interface ScoredPairs extends Work {
  /** [pairs, labels], row-major, in the request's order; none is NaN. */
  logits: Float32Array;
}

/** Logits of pairs by a model that labels each as a whole. */
export async function scorePairs(
  pairs: readonly TextPair[],
  turns: Turns,
): Promise<Result<ScoredPairs>> {
  const numLabels = MODEL.head.labels.length;
  const logits = new Float32Array(pairs.length * numLabels);
  const work = await computeLogits(pairs, turns, (index, row) =>
    logits.set(row, index * numLabels),
  );
  return work.ok ? ok({ ...work.value, logits }) : work;
}
