/** Scores of pairs by a ranker, computed by a backend. */
import type { CircuitBreaker } from "./backends/circuit-breaker.ts";
import type { DeployedBackend } from "./backends/deployed-backends.ts";
import { sendPairs, type PairsCall } from "./backends/send-pairs.ts";
import { sleep } from "./backends/sleep.ts";
import { describeFailure } from "./backends/upstream-failure.ts";
import type { ComputedScores } from "./cache/with-cache.ts";
import { fail, ok, type Failure, type Result } from "./errors.ts";
import type { PairScore } from "./pair-scores.ts";
import type { WorkContext } from "./request-context.ts";

/** Why a backend that was not even asked cannot answer. */
export const LEFT_ALONE = "it has failed again and again, and is left alone for a while";

/** One score a pair, in their order; meanwhile the request leaves the line of those that wait for the edge. */
export async function scoreByBackend(
  call: PairsCall,
  { backend, breaker, latencies }: DeployedBackend,
  { id, trace, deadline, turns }: WorkContext,
): Promise<Result<ComputedScores>> {
  const entry = breaker.enter();
  if (entry === "open") return fail(unavailable(LEFT_ALONE, breaker));
  await turns.stepAside();
  const sent = await sendPairs(backend, call, {
    signal: deadline.signal,
    remainingMs: () => deadline.remainingMs,
    requestId: id,
    trace,
    breaker,
    latencies,
    probe: entry === "probe",
    random: Math.random,
    now: Date.now,
    sleep,
  });
  turns.comeBack();
  if (!sent.ok) {
    return deadline.signal.aborted || deadline.isOver
      ? fail({ kind: "client_gone" })
      : fail(unavailable(describeFailure(sent.failure), breaker));
  }
  const { logits, tokens } = sent.value;
  return ok({
    scores: logits.map((logit): PairScore => ({ logit, reading: null })),
    tokens: tokens ?? call.tokens.reduce((sum, each) => sum + each, 0),
  });
}

/** @param problem - A sentence about the backend without any text. */
function unavailable(
  problem: string,
  breaker: CircuitBreaker,
): Extract<Failure, { kind: "backend_unavailable" }> {
  const retryAfterMs = breaker.retryAfterMs();
  return { kind: "backend_unavailable", problem, retryAfterMs, tooLargeForEdge: false };
}
