/**
 * What a request gets that asked with `fail_open` rather to have its documents unranked than an error: they come in their own order and
 * without scores, since nobody has scored them. Pure.
 */
import type { Failure } from "../errors.ts";
import { answerTask, type AnswerContext, type RerankTask } from "./rerank-protocol.ts";

/** Lists of results and keys of scores, in all protocols. */
const LISTS = ["results", "data", "rankings"];
const SCORES = ["relevance_score", "score", "logit"];

/** Failures that say nothing against the request: a moment later, or with more time, it would have been ranked. */
const PASSING: readonly Failure["kind"][] = [
  "overloaded",
  "backend_unavailable",
  "model_unavailable",
  "deadline_exceeded",
];

export function mayFailOpen({ kind }: Failure): boolean {
  return PASSING.includes(kind);
}

/**
 * The protocol's answer with the first `topN` documents in the request's order, no scores, and `reranked: false` with the reason beside
 * them; a bare list, as TEI's, has no place for these.
 *
 * @param reason - Public code of the failure.
 */
export function unrankedAnswer(task: RerankTask, context: AnswerContext, reason: string): object {
  const { queries, documents, topN } = task.request;
  const results = documents
    .slice(0, topN)
    .map((_, index) => ({ index, logit: 0, score: 0, reading: null }));
  const rankings = queries.map(() => ({ results, tokens: 0, cuts: null }));
  const answer = answerTask(
    { ...task, answer: (...args) => withoutScores(task.answer(...args)) },
    rankings,
    context,
  );
  return Array.isArray(answer) ? answer : { ...answer, reranked: false, reason };
}

function withoutScores(answer: object): object {
  if (Array.isArray(answer)) return answer.map(withoutScore);
  return Object.fromEntries(
    Object.entries(answer).map(([key, value]) => [
      key,
      LISTS.includes(key) && Array.isArray(value) ? value.map(withoutScore) : value,
    ]),
  );
}

function withoutScore(result: object): object {
  return Object.fromEntries(Object.entries(result).filter(([key]) => !SCORES.includes(key)));
}
