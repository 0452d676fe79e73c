/** What `scores.csv` and `results.parquet` have a line of. */
import type { ScoredRow } from "../rows.ts";

export interface ScoreLine {
  file: string;
  row: number;
  /** Of a ranking the document's, of tags the tag's place among the row's; else null. */
  index: number | null;
  /** Null of a ranking. */
  label: string | null;
  score: number;
}

/** One line a row; of a ranking one a document, best first; of tags one a tag, in the text's order. */
export function scoreLinesOf({ file, row, answer }: ScoredRow): ScoreLine[] {
  switch (answer.kind) {
    case "labels":
      return [{ file, row, index: null, label: answer.prediction, score: answer.score }];
    case "ranking":
      return answer.results.map(({ index, score }) => ({ file, row, index, label: null, score }));
    case "tags":
      return answer.tags.map((label, index) => ({
        file,
        row,
        index,
        label,
        score: answer.scores[index]!,
      }));
  }
}
