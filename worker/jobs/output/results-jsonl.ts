import type { RowAnswer, ScoredRow } from "../rows.ts";
import { jsonLine } from "./json-line.ts";

/**
 * `results.jsonl`: one line a row with all that is known of it.
 *
 * A label's line has `label`, `score` and `logit`, or of a model with several labels `logits` by label; a ranking's has `results`,
 * best first; tags have `tags` and `scores`.
 */
export function resultsJsonl(rows: readonly ScoredRow[]): string {
  return rows.map((row) => jsonLine(lineOf(row))).join("");
}

function lineOf({ file, row, queryId, documentIds, answer }: ScoredRow): object {
  const query = queryId === undefined ? {} : { query_id: queryId };
  return { file, row, ...query, ...answerOf(answer, documentIds) };
}

function answerOf(answer: RowAnswer, documentIds: readonly string[] | undefined): object {
  switch (answer.kind) {
    case "labels": {
      const { prediction: label, score, labels, logits } = answer;
      const document = documentIds === undefined ? {} : { document_id: documentIds[0] };
      const raw =
        labels.length === 1
          ? { logit: logits[0] }
          : { logits: Object.fromEntries(labels.map((name, column) => [name, logits[column]])) };
      return { ...document, label, score, ...raw };
    }
    case "ranking":
      return {
        results: answer.results.map(({ index, score, logit }) => ({
          index,
          ...(documentIds && { id: documentIds[index] }),
          score,
          logit,
        })),
      };
    case "tags":
      return { tags: answer.tags, scores: answer.scores };
  }
}
