/** One call to a backend and what it says of the backend. */
import type { UpstreamReading, UpstreamScores } from "../protocols/upstream-protocol.ts";
import type { TraceContext } from "../observe/trace-context.ts";
import type { Backend } from "./backend.ts";
import type { CallSlots } from "./call-slots.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import type { Latencies } from "./latencies.ts";
import { isOutage, type UpstreamFailure } from "./upstream-failure.ts";

/** The body of a call and the number of pairs in it. */
export interface PartCall {
  body: object;
  pairs: number;
}

/** What the calls of one request share. */
export interface Sending {
  backend: Backend;
  /** Ends all of them. */
  signal: AbortSignal;
  /** Milliseconds until the request's deadline. */
  remainingMs(): number;
  requestId: string;
  trace: TraceContext;
  breaker: CircuitBreaker;
  latencies: Latencies;
  slots: CallSlots;
  /** Numbers in [0, 1). */
  random(): number;
  /** Milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export type PartResult =
  | { ok: true; value: UpstreamScores }
  | { ok: false; failure: UpstreamFailure };

/** What a call must have taken to be held against the backend although it had not its whole timeout: so many times what 95 of 100 calls take, ... */
const PATIENCE = 2;

/** ... and no less than so many milliseconds, since calls differ in size. */
const LEAST_PATIENCE_MS = 1_000;

/** A single call, for which the caller holds a slot; its outcome is told to the breaker and to the latencies. */
export async function callPart(
  { body, pairs }: PartCall,
  sending: Sending,
  signal: AbortSignal,
): Promise<PartResult> {
  const { backend, requestId, trace, slots, now } = sending;
  const startMs = now();
  slots.calls += 1;
  const remainingMs = sending.remainingMs();
  const result = await backend.send(body, { signal, remainingMs, requestId, trace });
  const outcome = result.ok ? resultOf(backend.protocol.read(result.value, pairs)) : result;
  tell(outcome, Math.min(now() - startMs, remainingMs), sending);
  return outcome;
}

function resultOf(reading: UpstreamReading): PartResult {
  return reading.ok
    ? reading
    : { ok: false, failure: { kind: "nonsense", problem: reading.problem } };
}

/** @param tookMs - No more than the call had until the request's deadline: the backend has no part in the time for which this isolate is busy. */
function tell(outcome: PartResult, tookMs: number, sending: Sending): void {
  const { breaker, latencies } = sending;
  if (outcome.ok) {
    latencies.add(tookMs);
    breaker.succeed();
    return;
  }
  const { failure } = outcome;
  const isLate =
    failure.kind === "timeout" || (failure.kind === "aborted" && sending.remainingMs() <= 0);
  if (isLate) {
    const hadMs = failure.kind === "timeout" ? failure.timeoutMs : tookMs;
    if (hadMs >= patienceMs(sending)) breaker.fail(null);
  } else if (isOutage(failure)) {
    breaker.fail(failure.kind === "status" ? failure.retryAfterMs : null);
  } else if (failure.kind !== "aborted") {
    breaker.succeed();
  }
}

/** Milliseconds after which no answer is an outage. A caller in a hurry, whose deadline is sooner, must not open the circuit for all others. */
function patienceMs({ backend, latencies }: Sending): number {
  const usualMs = latencies.p95() ?? Infinity;
  return Math.min(backend.limits.timeoutMs, Math.max(LEAST_PATIENCE_MS, PATIENCE * usualMs));
}
