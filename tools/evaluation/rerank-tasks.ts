import { UserError } from "../user-error.ts";
import { Bm25 } from "./bm25.ts";
import type { ListedDocument, Query, RankingSet } from "./datasets/dataset.ts";
import type { Run } from "./datasets/run-file.ts";
import { spread } from "./squad.ts";
import { trecOrder } from "./trec-order.ts";

/** A query and the candidates that are to be reranked. */
export interface RerankTask {
  queryId: string;
  query: string;
  /** In the first stage's order, at most `depth`. */
  candidates: readonly Candidate[];
}

export interface Candidate {
  docId: string;
  text: string;
  /** The first stage's score, larger is better. */
  score: number;
}

export interface FirstStageOptions {
  /** BM25; the order in which lists come; or a run. */
  firstStage: "bm25" | "given" | { path: string; run: Run };
  /** Most candidates of a query. */
  depth: number;
  /** Queries taken, spread evenly over the set; undefined: all. */
  numQueries: number | undefined;
  /** BM25's terms. */
  terms: (text: string) => string[];
}

/**
 * A set's queries with their candidates. Queries without a judgement are left out, as trec_eval leaves them out.
 *
 * BM25 knows the whole corpus, or the texts of all lists; a list's documents that share no term with the query come last, with
 * score 0, in the order given.
 *
 * @throws UserError if a run names documents that the set does not have, or none of its queries
 */
export function rerankTasks(set: RankingSet, options: FirstStageOptions): RerankTask[] {
  const { numQueries, depth } = options;
  const judged = set.queries.filter(({ id }) => set.qrels.has(id));
  if (judged.length === 0) {
    throw new UserError(`No query of ${set.name} has a judgement: do the ids of the files agree?`);
  }
  const queries =
    numQueries === undefined || numQueries >= judged.length ? judged : spread(judged, numQueries);
  const candidatesOf = firstStage(set, options);
  const tasks = queries.map((query) => ({
    queryId: query.id,
    query: query.text,
    candidates: candidatesOf(query).slice(0, depth),
  }));
  if (tasks.some(({ candidates }) => candidates.length > 0)) return tasks;
  throw new UserError(
    `The first stage has no candidate for any query of ${set.name}: do the ids of the files agree?`,
  );
}

function firstStage(
  set: RankingSet,
  { firstStage: stage, depth, terms }: FirstStageOptions,
): (query: Query) => Candidate[] {
  const { source } = set;
  if (stage === "bm25" && source.kind === "corpus") {
    return searchCorpus(source.documents, depth, terms);
  }
  if (stage === "bm25" && source.kind === "lists") return searchLists(source.lists, terms);
  if (stage === "given" && source.kind === "lists") {
    return ({ id }) => givenOrder(source.lists.get(id) ?? []);
  }
  if (typeof stage === "object") return fromRun(set, stage);
  throw new UserError(
    `${set.name} is a corpus without candidates: choose --first-stage bm25, or a run.`,
  );
}

function searchCorpus(
  documents: ReadonlyMap<string, string>,
  depth: number,
  terms: FirstStageOptions["terms"],
): (query: Query) => Candidate[] {
  const ids = [...documents.keys()];
  const texts = [...documents.values()];
  const index = new Bm25(texts, { terms });
  return ({ text }) =>
    index.search(text, depth).map(({ index: place, score }) => ({
      docId: ids[place]!,
      text: texts[place]!,
      score,
    }));
}

function searchLists(
  lists: ReadonlyMap<string, readonly ListedDocument[]>,
  terms: FirstStageOptions["terms"],
): (query: Query) => Candidate[] {
  const texts = [
    ...new Set(Array.from(lists.values(), (list) => list.map(({ text }) => text)).flat()),
  ];
  const index = new Bm25(texts, { terms });
  return ({ id, text }) => {
    const scores = new Map(
      index.search(text, texts.length).map(({ index: place, score }) => [texts[place]!, score]),
    );
    return (lists.get(id) ?? [])
      .map((document) => ({
        docId: document.docId,
        text: document.text,
        score: scores.get(document.text) ?? 0,
      }))
      .sort((a, b) => b.score - a.score);
  };
}

/** A list without scores gets its length at the top and 1 at the end, so that a run file says the same order. */
function givenOrder(list: readonly ListedDocument[]): Candidate[] {
  const scored = list.every(({ score }) => score !== undefined);
  const candidates = list.map(({ docId, text, score }, index) => ({
    docId,
    text,
    score: scored ? score! : list.length - index,
  }));
  return trecOrder(candidates);
}

function fromRun(
  { name, source }: RankingSet,
  { path, run }: { path: string; run: Run },
): (query: Query) => Candidate[] {
  const textOf = (queryId: string, docId: string): string | undefined =>
    source.kind === "corpus"
      ? source.documents.get(docId)
      : source.lists.get(queryId)?.find((document) => document.docId === docId)?.text;
  return ({ id }) =>
    (run.get(id) ?? []).map(({ docId, score }) => {
      const text = textOf(id, docId);
      if (text !== undefined) return { docId, text, score };
      throw new UserError(
        `${path} has document ${docId} for query ${id}, which ${name} does not have. Use a run over the same documents.`,
      );
    });
}
