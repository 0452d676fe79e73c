import type { RowAnswer, ScoredRow } from "../rows.ts";
import { csvLine } from "./csv-line.ts";

/** Azure's `predictions.csv`: `row,prediction,file` a row, without a header. */
export function predictionsCsv(rows: readonly ScoredRow[]): string {
  return rows.map(({ file, row, answer }) => csvLine([row, predictionOf(answer), file])).join("");
}

/** Of a ranking the indices of its documents as a Python list, best first. */
function predictionOf(answer: RowAnswer): string {
  if (answer.kind !== "ranking") return answer.prediction;
  return `[${answer.results.map(({ index }) => index).join(", ")}]`;
}
