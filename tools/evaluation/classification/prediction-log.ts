/** The predictions that are there already: see `run-log.ts`. */
import { createHash } from "node:crypto";
import type { LabelSet, TagSet } from "../datasets/dataset.ts";
import { openRunLog, type Fingerprint, type RunLog } from "../run-log.ts";

/** A line. */
export interface LoggedPrediction<Prediction> {
  /** Place of the text or sentence in its set, from 0. */
  index: number;
  prediction: Prediction;
}

/** By index. */
export type PredictionLog<Prediction> = RunLog<LoggedPrediction<Prediction>>;

/**
 * `scores.jsonl` in a folder.
 *
 * @param identity - That of the classifier.
 * @param isPrediction - Whether a value has the form of a prediction.
 * @throws UserError as {@link openRunLog}
 */
export function openPredictionLog<Prediction>(
  folder: string,
  set: LabelSet | TagSet,
  identity: Fingerprint,
  isPrediction: (value: unknown) => value is Prediction,
): Promise<PredictionLog<Prediction>> {
  const fingerprint = { dataset: set.name, kind: set.kind, dataSha256: hashOf(set), ...identity };
  return openRunLog<LoggedPrediction<Prediction>>(folder, "scores.jsonl", fingerprint, {
    isRow: (value): value is LoggedPrediction<Prediction> =>
      Number.isInteger(value.index) && isPrediction(value.prediction),
    keyOf: ({ index }) => String(index),
  });
}

/** Of what is predicted for, not of what is true: corrected labels need no new predictions. */
function hashOf(set: LabelSet | TagSet): string {
  const inputs =
    set.kind === "labels"
      ? set.texts.map(({ text }) => text)
      : set.sentences.map(({ tokens }) => tokens);
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
}
