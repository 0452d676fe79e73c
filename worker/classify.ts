/** A validated Azure ML request becomes one answer a row, as the model's head has it: its labels, scores, tags or entities. */
import type { AzureMlRow } from "../sdk/index.ts";
import { entitiesOf } from "./entities.ts";
import { fail, ok, type Result } from "./errors.ts";
import { headOf, labelPairs } from "./label-pairs.ts";
import type { ServedModel } from "./models.ts";
import type { Outcome } from "./pair-scores.ts";
import type { AzureMlRequest } from "./protocols/azure-ml.ts";
import {
  labelRow,
  scoredLabelRow,
  scoredTagRow,
  scoreRow,
  tagRow,
} from "./protocols/azure-ml-rows.ts";
import { reservePairs } from "./quotas/reserve-pairs.ts";
import type { RequestContext } from "./request-context.ts";
import { checkPublishable } from "./publishable-limit.ts";
import { tagTexts } from "./tag-texts.ts";

export interface Classified extends Outcome {
  /** One a row of the request, in its order. */
  rows: AzureMlRow[];
}

/** Labels a request's rows. */
export async function classify(
  { pairs, field, pipeline, returnScores }: AzureMlRequest,
  model: ServedModel,
  context: RequestContext,
): Promise<Result<Classified>> {
  const head = headOf(model);
  if (model.kind === "edge" && head.kind === "token-classification") {
    if (pairs.some(({ document }) => document !== null)) {
      const problem =
        "must have single texts: the model labels the tokens of one text, not of a pair";
      return fail({ kind: "invalid_value", param: field, problem });
    }
    const permitted = checkPublishable(pairs.length, context.caller);
    if (!permitted.ok) return permitted;
    const reserved = await reservePairs(pairs, model, context);
    if (!reserved.ok) return reserved;
    const texts = pairs.map(({ query }) => query);
    const toLabels = returnScores ? scoredTagRow : tagRow;
    const tagged = await tagTexts<AzureMlRow>(texts, model, context.turns, (text) =>
      pipeline === null ? toLabels(text, head) : entitiesOf(text, head.labels, pipeline),
    );
    if (!tagged.ok) return tagged;
    const { rows, tokens, cuts } = tagged.value;
    const provenance = { servedBy: "edge", reason: "classifier", cache: null } as const;
    return ok({ rows, tokens, cuts: cuts.length, provenance });
  }
  const labelled = await labelPairs(pairs, model, context);
  if (!labelled.ok) return labelled;
  const { logits, ...outcome } = labelled.value;
  const numLabels = head.labels.length;
  const toLabels = returnScores ? scoredLabelRow : labelRow;
  const rows = pairs.map((_, row) => {
    const own = logits.subarray(row * numLabels, (row + 1) * numLabels);
    return pipeline === null ? toLabels(own, head) : scoreRow(own, head, pipeline);
  });
  return ok({ ...outcome, rows });
}
