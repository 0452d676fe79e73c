/** Logits of texts and pairs that a model labels as a whole, of a ranker and of a classifier alike. */
import type { Head } from "../engine/index.ts";
import { computeLogits, type TextPair } from "./compute-logits.ts";
import { ok, type Result } from "./errors.ts";
import { DEFAULT_FIT, type FitOptions } from "../engine/fit-pair.ts";
import type { ServedModel } from "./models.ts";
import { cutsOf, type Outcome } from "./pair-scores.ts";
import { reservePairs } from "./quotas/reserve-pairs.ts";
import { checkPublishable } from "./publishable-limit.ts";
import { isRanker } from "./ranker.ts";
import type { RequestContext } from "./request-context.ts";
import { scorePairs } from "./score-pairs.ts";

export interface LabelledPairs extends Outcome {
  /** [pairs, labels], row-major, in the request's order; none is NaN. */
  logits: Float32Array;
}

/** What a model gives: a backend's ranks, as its operator says. */
export function headOf(model: ServedModel): Head {
  return model.kind === "edge"
    ? model.manifest.head
    : { kind: "sequence-classification", labels: ["LABEL_0"] };
}

/**
 * Logits of pairs and texts: by a ranker wherever `routing.ts` decides, by a classifier at the edge.
 *
 * @param model - No token classifier.
 * @param fit - Without "max_window", which gives a pair several rows.
 */
export async function labelPairs(
  pairs: readonly TextPair[],
  model: ServedModel,
  context: RequestContext,
  fit: FitOptions = DEFAULT_FIT,
): Promise<Result<LabelledPairs>> {
  const head = headOf(model);
  if (model.kind === "backend" || isRanker(head)) {
    const scored = await scorePairs({ pairs, fit, model }, context);
    if (!scored.ok) return scored;
    const { scores, tokens, provenance } = scored.value;
    const logits = Float32Array.from(scores, ({ logit }) => logit);
    return ok({ logits, tokens, cuts: cutsOf(scores)?.length ?? null, provenance });
  }
  const permitted = checkPublishable(pairs.length, context.caller);
  if (!permitted.ok) return permitted;
  const reserved = await reservePairs(pairs, model, context);
  if (!reserved.ok) return reserved;
  const numLabels = head.labels.length;
  const logits = new Float32Array(pairs.length * numLabels);
  const work = await computeLogits(
    pairs,
    model,
    context.turns,
    (index, row) => logits.set(row, index * numLabels),
    fit,
  );
  if (!work.ok) return work;
  const { tokens, cuts } = work.value;
  const provenance = { servedBy: "edge", reason: "classifier", cache: null } as const;
  return ok({ logits, tokens, cuts: cuts.length, provenance });
}
