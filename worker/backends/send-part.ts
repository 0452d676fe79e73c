import type { PartCall, PartResult, Sending } from "./call-part.ts";
import { backoffMs } from "./retry-delay.ts";
import { tryPart } from "./try-part.ts";
import { isRetryable, type UpstreamFailure } from "./upstream-failure.ts";

/**
 * Scores of one part, tried again while that makes sense: the failure may pass, tries are left, and the wait ends before the request's
 * deadline. The wait is ours or what the upstream asks for, whichever is longer; the caller's slot is held during it.
 *
 * After a timeout nothing is tried again while the circuit is not closed: time that others have shown to be lost is better spent at the edge.
 */
export async function sendPart(part: PartCall, sending: Sending): Promise<PartResult> {
  const { backend, breaker, random, signal, sleep } = sending;
  for (let attempt = 0; ; attempt++) {
    if (signal.aborted || sending.remainingMs() <= 0)
      return { ok: false, failure: { kind: "aborted" } };
    const result = await tryPart(part, sending);
    if (result.ok) return result;
    const { failure } = result;
    if (!isRetryable(failure) || attempt === backend.limits.maxRetries) return result;
    if (failure.kind === "timeout" && breaker.state !== "closed") return result;
    const waitMs = Math.max(backoffMs(attempt, random), wishOf(failure));
    if (waitMs >= sending.remainingMs()) return result;
    await sleep(waitMs, signal);
  }
}

function wishOf(failure: UpstreamFailure): number {
  return failure.kind === "status" ? (failure.retryAfterMs ?? 0) : 0;
}
