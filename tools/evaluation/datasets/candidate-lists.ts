import { basename } from "node:path";
import { UserError } from "../../user-error.ts";
import { titledText } from "./beir.ts";
import type { ListedDocument, Query, RankingSet } from "./dataset.ts";
import { checkedId, idField, malformed, readJsonLines, type JsonLine } from "./lines.ts";
import { QrelsBuilder, type Qrels } from "./qrels.ts";

/** Accepted keys, first found first; everything else on a line is ignored. */
export const CANDIDATE_KEYS = {
  query: ["query", "question"],
  queryId: ["qid", "query_id", "_id", "id"],
  list: ["candidates", "hits", "ctxs", "docs"],
  docId: ["docid", "id", "_id", "doc_id"],
  text: ["content", "text", "contents", "segment", "passage"],
  relevance: ["relevance", "label", "has_answer"],
} as const;

/** Whether a line of JSON is one of these. */
export function isCandidateList(value: Record<string, unknown>): boolean {
  return CANDIDATE_KEYS.list.some((key) => Array.isArray(value[key]));
}

/**
 * Reads JSON lines as retrieval toolkits export them, a query and its candidates a line, best first: RankLLM's and Pyserini's
 * `{query: {text, qid}, candidates: [{docid, score, doc: {title?, contents}}]}`, RankGPT's `{query, hits: [{content, docid}]}`, DPR's and
 * Tevatron's `{question, ctxs: [{id, title, text, score, has_answer}]}`; see {@link CANDIDATE_KEYS}. Ids that are missing are made of
 * the line and the place in the list.
 *
 * @param qrels - Judgements; without them those of the lines, where a document without one is unjudged.
 * @throws UserError naming the file, the line and what is wrong with it
 */
export async function readCandidateLists(path: string, qrels?: Qrels): Promise<RankingSet> {
  const queries = new Map<string, Query>();
  const lists = new Map<string, ListedDocument[]>();
  const inline = new QrelsBuilder();
  for await (const line of readJsonLines(path)) {
    const query = readQuery(line, String(queries.size + 1));
    if (queries.has(query.id)) throw malformed(line.where, `query ${query.id} is there twice`);
    queries.set(query.id, query);
    lists.set(query.id, readList(line, query.id, inline));
  }
  if (!qrels && inline.qrels.size === 0) {
    const keys = CANDIDATE_KEYS.relevance.join(", ");
    throw new UserError(
      `No candidate in ${path} has a judgement (${keys}). Name a file of judgements with --qrels.`,
    );
  }
  return {
    kind: "ranking",
    name: basename(path),
    queries: [...queries.values()],
    qrels: qrels ?? inline.qrels,
    source: { kind: "lists", lists, ranked: true },
  };
}

function readQuery(line: JsonLine, fallbackId: string): Query {
  const given = valueOf(line.value, CANDIDATE_KEYS.query);
  const nested = isObject(given) ? given : {};
  const text = isObject(given) ? nested["text"] : given;
  if (typeof text !== "string") {
    throw malformed(line.where, "query is neither a string nor {text}");
  }
  return {
    id:
      idOf({ value: nested, where: line.where }, CANDIDATE_KEYS.queryId) ??
      idOf(line, CANDIDATE_KEYS.queryId) ??
      fallbackId,
    text,
  };
}

function readList(line: JsonLine, queryId: string, inline: QrelsBuilder): ListedDocument[] {
  const list = valueOf(line.value, CANDIDATE_KEYS.list);
  if (!Array.isArray(list)) {
    throw malformed(line.where, `there is no list of ${CANDIDATE_KEYS.list.join(", ")}`);
  }
  const seen = new Set<string>();
  return list.map((value: unknown, index): ListedDocument => {
    const where = `${line.where}, candidate ${index + 1}`;
    if (!isObject(value)) throw malformed(where, "this is not a JSON object");
    const docId =
      idOf({ value, where }, CANDIDATE_KEYS.docId) ?? checkedId(`${queryId}-${index + 1}`, where);
    if (seen.has(docId)) throw malformed(where, `document ${docId} is there twice`);
    seen.add(docId);
    const relevance = relevanceOf(value, where);
    if (relevance !== undefined) inline.add(queryId, docId, relevance, where);
    return { docId, text: documentText(value, where), score: scoreOf(value, where) };
  });
}

function documentText(candidate: Record<string, unknown>, where: string): string {
  const document = candidate["doc"] ?? candidate;
  if (typeof document === "string") return document;
  if (!isObject(document)) throw malformed(where, "doc is neither a string nor an object");
  const text = valueOf(document, CANDIDATE_KEYS.text);
  const { title, text: inner } = isObject(text)
    ? { title: text["title"], text: text["text"] }
    : { title: document["title"], text };
  if (typeof inner !== "string") {
    throw malformed(where, `there is no text in any of ${CANDIDATE_KEYS.text.join(", ")}`);
  }
  return titledText(title, inner);
}

/** Toolkits write numbers as strings, too (DPR does). */
function scoreOf({ score }: Record<string, unknown>, where: string): number | undefined {
  if (score === undefined || score === null) return undefined;
  const number = typeof score === "string" && score.trim() !== "" ? Number(score) : score;
  if (typeof number === "number" && !Number.isNaN(number)) return number;
  throw malformed(where, `score is ${JSON.stringify(score)}, not a number`);
}

function relevanceOf(candidate: Record<string, unknown>, where: string): number | undefined {
  const relevance = valueOf(candidate, CANDIDATE_KEYS.relevance);
  if (relevance === undefined || relevance === null) return undefined;
  if (typeof relevance === "boolean") return Number(relevance);
  if (Number.isInteger(relevance)) return relevance as number;
  throw malformed(
    where,
    `the judgement is ${JSON.stringify(relevance)}, neither a whole number nor true or false`,
  );
}

function idOf(line: JsonLine, keys: readonly string[]): string | undefined {
  const key = keys.find((candidate) => line.value[candidate] !== undefined);
  return key === undefined ? undefined : idField(line, key);
}

function valueOf(value: Record<string, unknown>, keys: readonly string[]): unknown {
  const key = keys.find((candidate) => value[candidate] !== undefined);
  return key === undefined ? undefined : value[key];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
