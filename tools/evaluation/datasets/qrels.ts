import { checkedId, malformed, readLines } from "./lines.ts";

/** Judgements: relevance by query id and document id. Over 0 is relevant, larger is better; a document that is not there is unjudged. */
export type Qrels = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Builds qrels, and refuses two different judgements of one document. */
export class QrelsBuilder {
  readonly qrels = new Map<string, Map<string, number>>();

  /** @throws UserError if the document was judged otherwise before */
  add(queryId: string, docId: string, relevance: number, where: string): void {
    let judged = this.qrels.get(queryId);
    if (!judged) this.qrels.set(queryId, (judged = new Map()));
    const before = judged.get(docId);
    if (before !== undefined && before !== relevance) {
      throw malformed(
        where,
        `document ${docId} of query ${queryId} is judged ${relevance} here and ${before} before`,
      );
    }
    judged.set(docId, relevance);
  }
}

/**
 * Reads judgements in TREC's form, `queryId 0 docId relevance` with white space between, or in BEIR's: three columns
 * `query-id corpus-id score`, with or without that header.
 *
 * @throws UserError if the file is missing or a line is neither
 */
export async function readQrels(path: string): Promise<Qrels> {
  const builder = new QrelsBuilder();
  let first = true;
  for await (const { text, where } of readLines(path)) {
    if (text.trim() === "") continue;
    const columns = text.trim().split(/\s+/);
    const header = first && columns.length === 3 && columns[0] === "query-id";
    first = false;
    if (header) continue;
    if (columns.length !== 3 && columns.length !== 4) {
      throw malformed(where, `there are ${columns.length} columns, not 4 (TREC) or 3 (BEIR)`);
    }
    const relevance = Number(columns.at(-1));
    if (!Number.isInteger(relevance)) {
      throw malformed(where, `the relevance is "${columns.at(-1)}", not a whole number`);
    }
    builder.add(checkedId(columns[0]!, where), checkedId(columns.at(-2)!, where), relevance, where);
  }
  return builder.qrels;
}

/** Judgements as TREC has them, queries and documents in the order of the maps. */
export function formatQrels(qrels: Qrels): string {
  let text = "";
  for (const [queryId, judged] of qrels) {
    for (const [docId, relevance] of judged) text += `${queryId} 0 ${docId} ${relevance}\n`;
  }
  return text;
}
