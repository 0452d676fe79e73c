/** Scored rows of each kind, for the tests of the results. */
import type { ScoredRow } from "../../../worker/jobs/rows.ts";

export function labelRow(row: number, logit: number, more: Partial<ScoredRow> = {}): ScoredRow {
  const score = 1 / (1 + Math.exp(-logit));
  const labels = ["LABEL_0"];
  return {
    file: "pairs.csv",
    row,
    answer: { kind: "labels", prediction: "LABEL_0", score, labels, logits: [logit] },
    ...more,
  };
}

/** @param order - Indices of the documents, best first; the logits are 0, -1, -2 ... */
export function rankingRow(
  row: number,
  order: readonly number[],
  more: Partial<ScoredRow> = {},
): ScoredRow {
  const results = order.map((index, rank) => ({ index, score: 0.5 / (rank + 1), logit: -rank }));
  return { file: "lists.jsonl", row, answer: { kind: "ranking", results }, ...more };
}

export function tagRow(row: number): ScoredRow {
  const tags = ["O", "B-LOC"];
  const answer = { kind: "tags", prediction: "['O', 'B-LOC']", tags, scores: [0.75, 0.5] } as const;
  return { file: "texts.csv", row, answer };
}
