import { csvLine } from "./csv-line.ts";
import type { ScoreLine } from "./score-lines.ts";

/** First line of a file of {@link scoresCsv} lines. */
export const SCORES_HEADER = csvLine(["file", "row", "index", "label", "score"]);

/** The lines of `scores.csv`, without its header. */
export function scoresCsv(lines: readonly ScoreLine[]): string {
  return lines
    .map(({ file, row, index, label, score }) => csvLine([file, row, index, label, score]))
    .join("");
}
