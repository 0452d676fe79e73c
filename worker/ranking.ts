/** Scored documents to a ranking. Pure. */
import type { Cut } from "./encode-pairs.ts";
import { cutsOf, type PairReading, type PairScore } from "./pair-scores.ts";
import type { RerankRequest } from "./rerank.ts";
import { rank, sigmoid } from "../engine/scores.ts";

/** A part of a text, [start, end) in UTF-16 units. */
export interface TextRange {
  start: number;
  end: number;
}

export interface RankedDocument {
  /** Place in the request's documents, from 0. */
  index: number;
  /** Of the document's best window if it was read in several. */
  logit: number;
  /** Sigmoid of the logit, in [0, 1]. */
  score: number;
  /** What the model read of it; null if a backend ranked, which does not say. */
  reading: PairReading | null;
  /** The document's best window; only of a request for "max_window". */
  window?: TextRange;
}

/** The answer to one query. */
export interface Ranking {
  /** By descending logit, of equal ones the lower index first. */
  results: RankedDocument[];
  /** Tokens computed for it, special ones included. */
  tokens: number;
  /** Only the documents that were cut, by ascending index; null if nobody knows. */
  cuts: Cut[] | null;
}

/**
 * The ranking of one query.
 *
 * @param scores - One a document, in their order.
 * @param tokens - Computed for it.
 */
export function rankDocuments(
  { topN, minScore }: Pick<RerankRequest, "topN" | "minScore">,
  scores: readonly PairScore[],
  tokens: number,
): Ranking {
  const results = rank(scores.map(({ logit }) => logit))
    .slice(0, topN)
    .map((index): RankedDocument => {
      const { logit, reading } = scores[index]!;
      return { index, logit, score: sigmoid(logit), reading };
    })
    .filter(({ score }) => score >= minScore);
  return { results, tokens, cuts: cutsOf(scores) };
}
