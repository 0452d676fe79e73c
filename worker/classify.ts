/** A validated Azure ML request becomes one answer a row, as the model's head has it: its labels, scores, tags or entities. */
import type { AzureMlRow } from "../sdk/index.ts";
import type { Work } from "./compute-logits.ts";
import { entitiesOf } from "./entities.ts";
import { fail, ok, type Result } from "./errors.ts";
import { MODEL } from "./model.ts";
import type { AzureMlRequest } from "./protocols/azure-ml.ts";
import {
  labelRow,
  scoredLabelRow,
  scoredTagRow,
  scoreRow,
  tagRow,
} from "./protocols/azure-ml-rows.ts";
import { scorePairs } from "./score-pairs.ts";
import { tagTexts } from "./tag-texts.ts";
import type { Turns } from "./turns.ts";

export interface Classified extends Work {
  /** One a row of the request, in its order. */
  rows: AzureMlRow[];
}

/** Labels a request's rows; it computes when it is its turn. */
export async function classify(
  { pairs, field, pipeline, returnScores }: AzureMlRequest,
  turns: Turns,
): Promise<Result<Classified>> {
  const { head } = MODEL;
  if (head.kind === "token-classification") {
    if (pairs.some(({ document }) => document !== null)) {
      const problem =
        "must have single texts: the model labels the tokens of one text, not of a pair";
      return fail({ kind: "invalid_value", param: field, problem });
    }
    const texts = pairs.map(({ query }) => query);
    const toLabels = returnScores ? scoredTagRow : tagRow;
    return tagTexts<AzureMlRow>(texts, turns, (tagged) =>
      pipeline === null ? toLabels(tagged, head) : entitiesOf(tagged, head.labels, pipeline),
    );
  }
  const scored = await scorePairs(pairs, turns);
  if (!scored.ok) return scored;
  const { logits, ...work } = scored.value;
  const numLabels = head.labels.length;
  const toLabels = returnScores ? scoredLabelRow : labelRow;
  const rows = pairs.map((_, row) => {
    const own = logits.subarray(row * numLabels, (row + 1) * numLabels);
    return pipeline === null ? toLabels(own, head) : scoreRow(own, head, pipeline);
  });
  return ok({ ...work, rows });
}
