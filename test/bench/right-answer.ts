import { sigmoid, upstreamLogit } from "../upstream/upstream-logit.ts";
import type { TimedAnswer } from "./timed-post.ts";

/** A ranking to ask for, and the logits that the edge must give its documents. */
export interface KnownRanking {
  query: string;
  documents: readonly string[];
  edgeLogits: ArrayLike<number>;
}

/** What a score may differ by: the upstream's goes through a logit and back. */
const TOLERANCE = 1e-6;

/** Whether a ranking by /v1/rerank has every document once, best first, with the score of whoever its headers say has served it. */
export function isRightAnswer(
  { headers, body }: Pick<TimedAnswer, "headers" | "body">,
  { query, documents, edgeLogits }: KnownRanking,
): boolean {
  const { results } = JSON.parse(body) as {
    results: { index: number; relevance_score: number }[];
  };
  const servedBy = headers["x-rerank-served-by"];
  const scores = documents.map((document, index) =>
    sigmoid(servedBy === "backend" ? upstreamLogit(query, document) : edgeLogits[index]!),
  );
  const isScored = results.every(
    ({ index, relevance_score: score }) => Math.abs(score - scores[index]!) <= TOLERANCE,
  );
  const isSorted = results.every(
    ({ relevance_score: score }, place) => score <= (results[place - 1]?.relevance_score ?? 1),
  );
  return (
    (servedBy === "backend" || servedBy === "edge") &&
    isScored &&
    isSorted &&
    new Set(results.map(({ index }) => index)).size === documents.length &&
    results.length === documents.length
  );
}
