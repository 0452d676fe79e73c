import type { ScoredRow } from "../rows.ts";

/** What separates a run's fields to a reader in C or in Python, and what has no place in one. */
const SEPARATOR = /[\s\p{Cc}]/gu;

interface RunEntry {
  queryId: string;
  docId: string;
  logit: number;
}

/**
 * Lines of a TREC run: `qid Q0 docid rank score tag`, each query's best first, the queries as they come.
 *
 * Only of rankings and of rows with one logit and the ids of their query and document. Of the others there is nothing to rank.
 *
 * The score is the logit: evaluation tools order by the score alone, trec_eval as a 32-bit float, and the sigmoids of different logits
 * round to the same number where they are close to 1.
 *
 * @param rows - All of a query's that are to be ranked with one another.
 */
export function runTrec(rows: readonly ScoredRow[], tag: string): string {
  const queries = Map.groupBy(rows.flatMap(entriesOf), ({ queryId }) => queryId);
  return Array.from(queries.values(), (entries) =>
    entries
      .toSorted((a, b) => b.logit - a.logit)
      .map(
        ({ queryId, docId, logit }, index) =>
          `${[queryId, "Q0", docId, index + 1, logit, tag].map(fieldOf).join(" ")}\n`,
      )
      .join(""),
  ).join("");
}

function entriesOf({ file, row, queryId, documentIds, answer }: ScoredRow): RunEntry[] {
  if (answer.kind === "ranking") {
    return answer.results.map(({ index, logit }) => ({
      queryId: queryId ?? `${file}:${row}`,
      docId: documentIds?.[index] ?? String(index),
      logit,
    }));
  }
  const docId = documentIds?.[0];
  if (answer.kind !== "labels" || queryId === undefined || docId === undefined) return [];
  const [logit, another] = answer.logits;
  return logit === undefined || another !== undefined ? [] : [{ queryId, docId, logit }];
}

/** Whitespace, and nothing at all, would shift the fields after it. */
function fieldOf(value: string | number): string {
  return String(value).replace(SEPARATOR, encodeURIComponent) || "%";
}
