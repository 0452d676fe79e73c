/** A shard's answers to the bytes of each result's part. Pure: the same answers give the same bytes. */
import type { ResultFormat } from "../job-keys.ts";
import type { RowProblem, ScoredRow } from "../rows.ts";
import { errorsJsonl } from "./errors-jsonl.ts";
import { predictionsCsv } from "./predictions-csv.ts";
import { resultsJsonl } from "./results-jsonl.ts";
import { runTrec } from "./run-trec.ts";
import { scoreLinesOf } from "./score-lines.ts";
import { scoresCsv } from "./scores-csv.ts";
import { scoresParquet } from "./scores-parquet.ts";

export interface PartOptions {
  /** What a TREC run is called in each of its lines. */
  tag: string;
}

/**
 * The parts of the results that a shard has something for.
 *
 * @param rows - In the order of the file.
 * @returns No empty ones. Parts of text are joined as they are, under the header if there is one; one of `parquet` is a whole file.
 */
export function partsOf(
  rows: readonly ScoredRow[],
  problems: readonly RowProblem[],
  { tag }: PartOptions,
): Partial<Record<ResultFormat, Uint8Array>> {
  const lines = rows.flatMap(scoreLinesOf);
  const texts: [ResultFormat, string][] = [
    ["csv", predictionsCsv(rows)],
    ["scores", scoresCsv(lines)],
    ["jsonl", resultsJsonl(rows)],
    ["trec", runTrec(rows, tag)],
    ["errors", errorsJsonl(problems)],
  ];
  const encoder = new TextEncoder();
  return {
    ...Object.fromEntries(
      texts
        .filter(([, text]) => text !== "")
        .map(([format, text]) => [format, encoder.encode(text)]),
    ),
    ...(lines.length > 0 && { parquet: scoresParquet(lines) }),
  };
}
