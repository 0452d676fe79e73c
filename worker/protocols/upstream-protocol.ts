/** What a protocol is when this service is the client: pairs to a body, and an answer to their scores. Pure. */
import type { TextPair } from "../compute-logits.ts";
import type { FitOptions } from "../../engine/fit-pair.ts";
import { logitOf } from "../../engine/scores.ts";

export interface UpstreamProtocol {
  /** Value of the setting BACKEND_PROTOCOL. */
  name: string;
  /** Of a call, below the backend's address; empty if the address is whole. */
  path: string;
  /** What one call carries: documents of one query, or any pairs and single texts. */
  carries: "one-query" | "any-pairs";
  /** Whether a call can say this of texts that do not fit. What it cannot is computed at the edge. */
  expresses(fit: FitOptions): boolean;
  /** Body of a call. It asks for all results, without documents, and for logits where the protocol has them. */
  body(call: UpstreamCall): object;
  /** What an answer to a call of so many pairs says. */
  read(answer: UpstreamAnswer, pairs: number): UpstreamReading;
}

export interface UpstreamCall {
  /** At least one. Of a protocol that carries "one-query", all share their query and none lacks a document. */
  pairs: readonly TextPair[];
  fit: FitOptions;
  /** Name under which the backend knows the model; undefined: its default. */
  model: string | undefined;
}

/** An answer of status 200. */
export interface UpstreamAnswer {
  /** The parsed JSON. */
  body: unknown;
  headers: Headers;
}

export type UpstreamReading =
  | { ok: true; value: UpstreamScores }
  /** The answer is nonsense; the problem says how, without any of its texts. */
  | { ok: false; problem: string };

export interface UpstreamScores {
  /** One a pair, in the call's order; all finite. */
  logits: number[];
  /** Tokens the backend read; null if it does not say. */
  tokens: number | null;
}

/** What a protocol's scores are: raw outputs of the model, or numbers in [0, 1] that are taken for their sigmoids. */
export type ScoreScale = "logit" | "score";

/** A result that says which document it is for. Both as they came, not yet checked. */
export interface IndexedScore {
  index: unknown;
  score: unknown;
}

/** Results in any order to logits in the call's order: each index once, each score finite and on its scale. */
export function logitsByIndex(
  results: readonly IndexedScore[],
  pairs: number,
  scale: ScoreScale,
  tokens: number | null,
): UpstreamReading {
  if (results.length !== pairs) return nonsense(`${results.length} results for ${pairs} documents`);
  const logits: number[] = Array.from({ length: pairs }, () => NaN);
  for (const { index, score } of results) {
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= pairs)
      return nonsense("an index that no document has");
    if (!Number.isNaN(logits[index as number])) return nonsense("an index twice");
    const logit = logitFrom(score, scale);
    if (logit === undefined) return nonsense(`a score that is no ${RANGES[scale]}`);
    logits[index as number] = logit;
  }
  return { ok: true, value: { logits, tokens } };
}

/** Scores in the call's order to logits. */
export function logitsInOrder(
  scores: readonly unknown[],
  scale: ScoreScale,
  pairs: number,
  tokens: number | null,
): UpstreamReading {
  return logitsByIndex(
    scores.map((score, index) => ({ index, score })),
    pairs,
    scale,
    tokens,
  );
}

export function nonsense(problem: string): { ok: false; problem: string } {
  return { ok: false, problem };
}

const RANGES: Readonly<Record<ScoreScale, string>> = {
  logit: "finite number",
  score: "number from 0 to 1",
};

function logitFrom(score: unknown, scale: ScoreScale): number | undefined {
  if (typeof score !== "number" || !Number.isFinite(score)) return undefined;
  if (scale === "logit") return score;
  return score >= 0 && score <= 1 ? logitOf(score) : undefined;
}
