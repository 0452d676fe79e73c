import { trecOrder, type ScoredDocument } from "../trec-order.ts";
import { checkedId, malformed, readLines } from "./lines.ts";

/** A system's output: scored documents by query id, no document twice. */
export type Run = ReadonlyMap<string, readonly ScoredDocument[]>;

/**
 * Reads a run in TREC's form: `queryId Q0 docId rank score tag`, with white space between. As in trec_eval the rank is not looked at.
 * @returns documents in {@link trecOrder}
 * @throws UserError if the file is missing, a line has another form, or a query has a document twice
 */
export async function readRun(path: string): Promise<Run> {
  const run = new Map<string, Map<string, ScoredDocument>>();
  for await (const { text, where } of readLines(path)) {
    if (text.trim() === "") continue;
    const columns = text.trim().split(/\s+/);
    if (columns.length !== 6) {
      throw malformed(where, `there are ${columns.length} columns, not the 6 of a TREC run`);
    }
    const [queryId, , docId, , written] = columns as [string, string, string, string, string];
    const score = Number(written);
    if (Number.isNaN(score)) throw malformed(where, `the score is "${written}", not a number`);
    let documents = run.get(queryId);
    if (!documents) run.set(checkedId(queryId, where), (documents = new Map()));
    if (documents.has(docId)) {
      throw malformed(where, `query ${queryId} has document ${docId} twice`);
    }
    documents.set(docId, { docId, score });
  }
  return new Map(
    Array.from(run, ([queryId, documents]) => [queryId, trecOrder([...documents.values()])]),
  );
}

/**
 * A run as TREC has it, ranks from 1 in {@link trecOrder}. Scores are written in full, so that reading them gives the same numbers.
 * @param tag - The system's name; white space in it becomes a hyphen.
 */
export function formatRun(run: Run, tag: string): string {
  const system = tag.trim().replaceAll(/\s+/g, "-");
  let text = "";
  for (const [queryId, documents] of run) {
    for (const [index, { docId, score }] of trecOrder(documents).entries()) {
      text += `${queryId} Q0 ${docId} ${index + 1} ${score} ${system}\n`;
    }
  }
  return text;
}
