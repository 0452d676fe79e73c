import { fail, ok, type Result } from "./errors.ts";
import { MAX_REQUEST_TIMEOUT_MS } from "./settings.ts";

/** Header with the milliseconds that a caller waits for its answer. */
export const TIMEOUT_HEADER = "x-request-timeout-ms";

/** Until when a request's answer is worth anything: its time is up, or its client has hung up. */
export class Deadline {
  readonly timeoutMs: number;
  /** Aborts at the end of the time, or when the client hangs up. */
  readonly signal: AbortSignal;
  readonly #client: AbortSignal;
  readonly #now: () => number;
  #endsAtMs: number;
  readonly #timer: ReturnType<typeof setTimeout>;
  #isOver = false;

  /**
   * @param client - Aborts when the client hangs up.
   * @param now - Milliseconds.
   */
  constructor(timeoutMs: number, client: AbortSignal, now: () => number) {
    const over = new AbortController();
    this.timeoutMs = timeoutMs;
    this.signal = AbortSignal.any([client, over.signal]);
    this.#client = client;
    this.#now = now;
    this.#endsAtMs = now() + timeoutMs;
    this.#timer = setTimeout(() => {
      this.#isOver = !client.aborted;
      over.abort();
    }, timeoutMs);
  }

  /** At least 0. */
  get remainingMs(): number {
    return Math.max(0, this.#endsAtMs - this.#now());
  }

  /** Whether the time is up, by the clock if it says so before the timer does; not true of a client that hung up. */
  get isOver(): boolean {
    return this.#isOver || (this.remainingMs === 0 && !this.#client.aborted);
  }

  /** Must be called when the answer is there. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#endsAtMs = Infinity;
  }
}

/** A result whose failure tells the end of the time from a client that hung up: whoever waits learns only that nobody waits for it. */
export function failedInTime<T>(
  result: Result<T>,
  { isOver, timeoutMs }: Pick<Deadline, "isOver" | "timeoutMs">,
): Result<T> {
  return !result.ok && result.failure.kind === "client_gone" && isOver
    ? fail({ kind: "deadline_exceeded", timeoutMs })
    : result;
}

/** Milliseconds that a request waits at most: its header, or else the setting. */
export function timeoutOf(headers: Headers, byDefault: number): Result<number> {
  const value = headers.get(TIMEOUT_HEADER);
  if (value === null || value === "") return ok(byDefault);
  const timeoutMs = /^\d+$/.test(value) ? Number(value) : NaN;
  return timeoutMs >= 1 && timeoutMs <= MAX_REQUEST_TIMEOUT_MS
    ? ok(timeoutMs)
    : fail({
        kind: "invalid_value",
        param: TIMEOUT_HEADER,
        problem: `must be a whole number of milliseconds from 1 to ${MAX_REQUEST_TIMEOUT_MS}`,
      });
}
