/** Scores of pairs, whoever computed them. Pure. */
import type { Cut } from "./encode-pairs.ts";
import type { RouteReason } from "./routing.ts";

export interface PairScore {
  /** Finite. */
  logit: number;
  /** Null if the backend computed it: it does not say. */
  reading: PairReading | null;
}

/** What the model read of a pair. */
export interface PairReading {
  /** In all windows, special ones included. */
  tokens: number;
  /** Tokens that no window has. */
  queryTokensCut: number;
  documentTokensCut: number;
  /** The document tokens of the window that gave the logit, [start, end). */
  start: number;
  end: number;
}

export interface PairScores {
  /** One a pair, in the request's order. */
  scores: PairScore[];
  /** Tokens that were read for them, special ones included. Of a backend: for those that were not cached, by an estimate if it does not say. */
  tokens: number;
  provenance: Provenance;
}

/** What a request came to, for headers and metrics. */
export interface Outcome {
  /** Tokens that were read, special ones included. */
  tokens: number;
  /** Texts and pairs that were cut; null if nobody knows. */
  cuts: number | null;
  provenance: Provenance;
}

/** Who computed an answer, and why there; its headers. */
export interface Provenance {
  /** "none": the request asked for its documents unranked rather than for an error. */
  servedBy: "edge" | "backend" | "none";
  reason: RouteReason;
  /** Pairs that were found in the score cache, and that were not; null if none were looked up. */
  cache: { hit: number; miss: number } | null;
}

/** Tokens that were read for pairs; undefined if nobody knows. */
export function tokensOf(scores: readonly PairScore[]): number | undefined {
  if (scores.some(({ reading }) => reading === null)) return undefined;
  return scores.reduce((sum, { reading }) => sum + reading!.tokens, 0);
}

/** The pairs that were cut; null if nobody knows. */
export function cutsOf(scores: readonly PairScore[]): Cut[] | null {
  if (scores.some(({ reading }) => reading === null)) return null;
  return scores.flatMap(({ reading }, index) => {
    const { queryTokensCut: queryTokens, documentTokensCut: documentTokens } = reading!;
    return queryTokens > 0 || documentTokens > 0 ? [{ index, queryTokens, documentTokens }] : [];
  });
}
