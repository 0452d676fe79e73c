/** What is asked of one answer, and of the two answers to one request. Pure. */
import { logitOf } from "../../engine/scores.ts";
import { rankAgreement } from "./rank-agreement.ts";
import type { RerankRequest } from "./requests.ts";

/** Who computes; the header `x-rerank-route` forces it and `x-rerank-served-by` names it. */
export type Route = "edge" | "backend";

export interface RerankAnswer {
  /** 0: no answer came, and the body says why. */
  status: number;
  /** `x-rerank-served-by`; null if there was none. */
  servedBy: string | null;
  /** `x-rerank-route-reason`; null if there was none. */
  reason: string | null;
  /** Parsed JSON, or the text where it was none. */
  body: unknown;
  latencyMs: number;
}

/**
 * How far a logit may lie from another implementation's of the same weights. The engine's activations have 16 bits, which was seen to
 * make 0.004 (docs/performance.md); of a score it is at most a quarter of that.
 */
export const MAX_LOGIT_DIFFERENCE = 0.02;

/**
 * Logits this near count as tied: two documents whose logits lie 0.005 apart may swap by rounding alone, which in a list of three
 * makes a tau of 1/3 of nothing. A greater swap counts.
 */
export const TIED_LOGITS = 0.01;

/** Least Kendall's τ-b of a request's two rankings. */
export const LEAST_AGREEMENT = 0.99;

/** Logits in the order of the documents, or what is wrong with the answer. */
export type AnswerCheck = { ok: true; logits: number[] } | { ok: false; problem: string };

/** A whole answer, by whom it was asked of: every document once, best score first, each score a number of its scale. */
export function checkAnswer(
  route: Route,
  request: RerankRequest,
  { status, servedBy, reason, body }: RerankAnswer,
): AnswerCheck {
  const wrong = (problem: string): AnswerCheck => ({ ok: false, problem: `${route}: ${problem}` });
  if (status !== 200) return wrong(`status ${status}, ${JSON.stringify(body)?.slice(0, 300)}`);
  if (servedBy !== route) return wrong(`served by ${servedBy}, since ${reason}`);
  const results = (body as { results?: unknown }).results;
  if (!Array.isArray(results)) return wrong("no results");
  const count = request.documents.length;
  if (results.length !== count) return wrong(`${results.length} results of ${count} documents`);
  const logits = Array<number>(count).fill(NaN);
  let before = Infinity;
  for (const { index, relevance_score: score } of results as Partial<Result>[]) {
    if (index === undefined || logits[index] === undefined) return wrong(`index ${index}`);
    if (!Number.isNaN(logits[index])) return wrong(`index ${index} twice`);
    const inScale = request.raw_scores ? Number.isFinite(score) : score! >= 0 && score! <= 1;
    if (!inScale) return wrong(`score ${score} of index ${index}`);
    if (score! > before) return wrong(`score ${score} of index ${index} after ${before}`);
    before = score!;
    logits[index] = request.raw_scores ? score! : logitOf(score!);
  }
  return { ok: true, logits };
}

interface Result {
  index: number;
  relevance_score: number;
}

export interface Agreement {
  /** Of the two rankings: {@link rankAgreement} within {@link TIED_LOGITS}. */
  tau: number;
  /** The greatest of all documents, between logits. */
  logitDifference: number;
  /** What does not agree; empty if all does. */
  problems: string[];
}

/** @param edge - One logit a document; as many in `backend`. */
export function compareLogits(edge: readonly number[], backend: readonly number[]): Agreement {
  const tau = rankAgreement(edge, backend, TIED_LOGITS);
  const logitDifference = edge.reduce(
    (greatest, logit, index) => Math.max(greatest, Math.abs(logit - backend[index]!)),
    0,
  );
  const problems: string[] = [];
  if (tau < LEAST_AGREEMENT) problems.push(`Kendall's tau ${tau.toFixed(4)}`);
  if (logitDifference > MAX_LOGIT_DIFFERENCE) {
    problems.push(`logits differ by ${logitDifference.toFixed(4)}`);
  }
  return { tau, logitDifference, problems };
}
