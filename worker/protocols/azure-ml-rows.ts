/** Rows of the answers to Azure ML's requests, one function a form of answer and kind of head; for entities see `entities.ts`. */
import type { Head } from "../../engine/index.ts";
import type { AzureMlLabelRow, AzureMlScore } from "../../sdk/index.ts";
import { bestColumn, scoreFunctionOf, scoresOf, sigmoid, softmax } from "../../engine/scores.ts";
import type { TaggedText } from "../tag-texts.ts";
import { wordTags } from "../word-tags.ts";
import type { PipelineParameters } from "./azure-ml-parameters.ts";
import { pythonList } from "./python-list.ts";

/** What Azure ML's wrapper asks of the sigmoid of a label that is right. */
const MULTI_LABEL_THRESHOLD = 0.5;

/** Labels alone, to generations A and B. @param logits - [labels] */
export function labelRow(logits: Float32Array, { kind, labels }: Head): AzureMlLabelRow {
  if (kind !== "multi-label-classification") return { "0": labels[bestColumn(logits)]! };
  const right = labels.filter((_, column) => sigmoid(logits[column]!) >= MULTI_LABEL_THRESHOLD);
  return { "0": pythonList(right) };
}

/** Labels and their scores, to generations A and B with `return_scores`. @param logits - [labels] */
export function scoredLabelRow(logits: Float32Array, head: Head): AzureMlLabelRow {
  const row = labelRow(logits, head);
  const scores = scoresOf(logits, scoreFunctionOf(head));
  return head.kind === "multi-label-classification"
    ? { ...row, score: scores.filter((score) => score >= MULTI_LABEL_THRESHOLD) }
    : { ...row, score: scores[bestColumn(logits)]! };
}

/** Label and score, or a list of them, to generation C: what `TextClassificationPipeline` gives. @param logits - [labels] */
export function scoreRow(
  logits: Float32Array,
  head: Head,
  { scoreFunction, topK, returnAllScores }: PipelineParameters,
): AzureMlScore | AzureMlScore[] {
  const scores = scoresOf(logits, scoreFunction ?? scoreFunctionOf(head));
  const all = head.labels.map((label, column) => ({ label, score: scores[column]! }));
  if (topK === undefined) return returnAllScores ? all : all[bestColumn(logits)]!;
  const best = all.sort((a, b) => b.score - a.score);
  return topK === null || returnAllScores ? best : best.slice(0, topK);
}

/** The words' tags alone, to generations A and B. */
export function tagRow(tagged: TaggedText, head: Head): AzureMlLabelRow {
  return { "0": pythonList(tagsOf(tagged, head)) };
}

/** The words' tags and the softmax of each, to generations A and B with `return_scores`. */
export function scoredTagRow(tagged: TaggedText, head: Head): AzureMlLabelRow {
  return { ...tagRow(tagged, head), score: tagScoresOf(tagged, head) };
}

/** One tag a word. */
export function tagsOf({ text, tokens, logits }: TaggedText, { labels }: Head): string[] {
  return wordTags(
    text,
    tokens,
    (token) => labels[bestColumn(tokenLogits(logits, token, labels.length))]!,
  );
}

/** The softmax of each word's tag. */
export function tagScoresOf({ text, tokens, logits }: TaggedText, { labels }: Head): number[] {
  return wordTags(text, tokens, (token) =>
    Math.max(...softmax(tokenLogits(logits, token, labels.length))),
  );
}

function tokenLogits(logits: Float32Array, token: number, numLabels: number): Float32Array {
  return logits.subarray(token * numLabels, (token + 1) * numLabels);
}
