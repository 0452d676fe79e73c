/** Scored documents to a ranking. Pure. */
import type { Cut, Work } from "./compute-logits.ts";
import type { RerankRequest } from "./rerank.ts";
import { rank, sigmoid } from "./scores.ts";

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
  /** Tokens the model read for it, in all its windows, special ones and the query's included. */
  tokens: number;
  /** Tokens of query and document that no window has. */
  queryTokensCut: number;
  documentTokensCut: number;
  /** The document's best window; only of a request for "max_window". */
  window?: TextRange;
}

/** The answer to one query. The work is that for this query. */
export interface Ranking extends Work {
  /** By descending logit, of equal ones the lower index first. */
  results: RankedDocument[];
}

/** What the model made of one document for one query. */
export interface ScoredDocument {
  logit: number;
  tokens: number;
}

/**
 * The ranking of one query.
 *
 * @param scored - One a document, in their order.
 * @param cuts - Of this query; an index is a document's.
 */
export function rankDocuments(
  { topN, minScore }: Pick<RerankRequest, "topN" | "minScore">,
  scored: readonly ScoredDocument[],
  cuts: Cut[],
): Ranking {
  const cutOf = new Map(cuts.map((cut) => [cut.index, cut]));
  const results = rank(scored.map(({ logit }) => logit))
    .slice(0, topN)
    .map((index): RankedDocument => {
      const { logit, tokens } = scored[index]!;
      const { queryTokens = 0, documentTokens = 0 } = cutOf.get(index) ?? {};
      return {
        index,
        logit,
        score: sigmoid(logit),
        tokens,
        queryTokensCut: queryTokens,
        documentTokensCut: documentTokens,
      };
    })
    .filter(({ score }) => score >= minScore);
  return { results, tokens: scored.reduce((sum, { tokens }) => sum + tokens, 0), cuts };
}
