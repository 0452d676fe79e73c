/**
 * READ FIRST. A validated request becomes a ranking: its documents are scored against its query and sorted.
 *
 * Around it: `protocols/rerank.ts` makes the request from JSON and JSON from the ranking, `admission.ts` decides whether and when
 * it may compute, `compute-logits.ts` tokenizes and runs the engine slice by slice, and `routes/*.ts` join them to paths. What
 * `rerank` is for rankers, `classify.ts` is for classifiers.
 */
import type { Work } from "./compute-logits.ts";
import { fail, ok, type Result } from "./errors.ts";
import { MODEL } from "./model.ts";
import { scorePairs } from "./score-pairs.ts";
import { rank, sigmoid } from "./scores.ts";
import type { Turns } from "./turns.ts";

export interface RerankRequest {
  query: string;
  /** At least one. */
  documents: readonly string[];
  /** Length of the ranking: at least 1; more than there are documents means all. */
  topN: number;
  /** The ranking's scores are logits, not their sigmoids. */
  rawScores: boolean;
}

export interface RankedDocument {
  /** Place in the request's documents, from 0. */
  index: number;
  /** Sigmoid of the logit, or the logit. */
  score: number;
}

export interface Ranking extends Work {
  /** By descending score, of equal ones the lower index first. */
  results: RankedDocument[];
}

/** Ranks a request's documents; it computes when it is its turn. */
export async function rerank(request: RerankRequest, turns: Turns): Promise<Result<Ranking>> {
  const { kind, labels } = MODEL.head;
  if (kind === "token-classification" || labels.length !== 1)
    return fail({ kind: "not_a_ranker", head: kind, labels: labels.length });
  const { query, documents, topN, rawScores } = request;
  const scored = await scorePairs(
    documents.map((document) => ({ query, document })),
    turns,
  );
  if (!scored.ok) return scored;
  const { logits, tokens, cuts } = scored.value;
  const order = rank(logits).slice(0, topN);
  const results = order.map((index) => {
    const logit = logits[index]!;
    return { index, score: rawScores ? logit : sigmoid(logit) };
  });
  return ok({ results, tokens, cuts });
}
