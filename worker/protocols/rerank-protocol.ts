/** What a protocol for rankings is: JSON to the one internal request, and a ranking to JSON. Pure. */
import type { Failure, Result } from "../errors.ts";
import type { PublicError } from "../public-error.ts";
import type { Ranking } from "../ranking.ts";
import type { RerankRequest } from "../rerank.ts";
import type { StageTimes } from "../stage-times.ts";
import type { RerankOptions } from "./rerank-options.ts";

export interface RerankProtocol {
  /** As in `docs/api.md`. */
  name: string;
  parse(body: unknown): Result<RerankTask>;
  errorBody(error: PublicError, id: string, failure: Failure): object;
  /** Default: the status that the table of errors has. */
  errorStatus?(error: PublicError, failure: Failure): number;
}

/** A parsed body: what to compute, and how the answer is written. */
export interface RerankTask {
  options: RerankOptions;
  request: RerankRequest;
  /** The protocol's answer to one query. */
  answer(ranking: Ranking, context: AnswerContext): object;
  /** Further headers of the answer. */
  headers?(tokens: number, times: StageTimes): Record<string, string>;
}

export interface AnswerContext {
  /** The request's id. */
  id: string;
  /** Name of the model that ranked. */
  model: string;
  /** When the answer was made, in seconds since 1970. */
  created: number;
}

/** The body of an answer: the protocol's own, or for a list of queries a list of them. */
export function answerTask(
  { options, answer }: RerankTask,
  rankings: readonly Ranking[],
  context: AnswerContext,
): object {
  const answers = rankings.map((ranking) => answer(ranking, context));
  if (!options.isList) return answers[0]!;
  const tokens = rankings.reduce((sum, ranking) => sum + ranking.tokens, 0);
  return { object: "list", data: answers, usage: usageOf(tokens) };
}

/** Tokens as OpenAI, Jina, Infinity and vLLM count them: a cross-encoder completes nothing. */
export function usageOf(tokens: number): { prompt_tokens: number; total_tokens: number } {
  return { prompt_tokens: tokens, total_tokens: tokens };
}
