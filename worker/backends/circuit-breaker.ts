/**
 * Whether a backend is worth asking at all.
 *
 * Closed: everything goes through. Open: nothing does, for a while. Half-open: one request goes through as a probe, and its first call decides.
 *
 * The state is the isolate's: each isolate of a Worker finds out for itself that a backend is gone, with a few calls, and forgets it
 * when it ends. It is plain data, so that no request ever waits for another one's: a probe that the platform ended, and that therefore
 * reports nothing and runs no `finally`, is replaced when its lease is over.
 */

/** Outages in a row that open it. */
export const OUTAGES_TO_OPEN = 3;

/** Milliseconds for which it opens; twice as long after each probe that failed. */
export const FIRST_OPEN_MS = 5_000;

/** Milliseconds for which it opens at most, whatever the upstream asks for. */
export const MAX_OPEN_MS = 60_000;

/** Milliseconds after which a probe that has said nothing is replaced. Longer than a call takes by default. */
export const PROBE_LEASE_MS = 15_000;

/** Milliseconds after which it is worth asking again while a probe is under way; nobody knows when that ends. */
const PROBE_RETRY_MS = 1_000;

export type CircuitState = "closed" | "open" | "half-open";

export class CircuitBreaker {
  readonly #now: () => number;
  #outages = 0;
  /** Of the last opening; 0 while it is closed. */
  #openMs = 0;
  #openUntilMs = 0;
  /** Of the probe under way; 0 if there is none. */
  #leaseUntilMs = 0;

  /** @param now - Milliseconds; in production the clock stands still while code runs, and that is enough. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get state(): CircuitState {
    if (this.#openMs === 0) return "closed";
    return this.#now() < this.#openUntilMs ? "open" : "half-open";
  }

  /** Whether a request may go through: yes, or yes as the probe, which owes a report, or no. */
  enter(): "closed" | "probe" | "open" {
    const { state } = this;
    if (state !== "half-open") return state;
    if (this.#isProbing()) return "open";
    this.#leaseUntilMs = this.#now() + PROBE_LEASE_MS;
    return "probe";
  }

  /** Milliseconds after which a request has a chance to go through; 0: now. */
  retryAfterMs(): number {
    switch (this.state) {
      case "closed":
        return 0;
      case "open":
        return this.#openUntilMs - this.#now();
      case "half-open":
        return this.#isProbing() ? PROBE_RETRY_MS : 0;
    }
  }

  /** The backend has answered a call, of the probe or of a request from before the opening: it closes, and what it has counted is forgotten. */
  succeed(): void {
    this.#outages = 0;
    this.#openMs = 0;
    this.#leaseUntilMs = 0;
  }

  /**
   * A call failed in a way that speaks against the backend. While it is open, failures of calls that were under way only lengthen it if
   * they ask for that.
   *
   * @param retryAfterMs - What the backend asks to wait; null: nothing.
   */
  fail(retryAfterMs: number | null): void {
    this.#outages += 1;
    const { state } = this;
    if (state === "closed" && this.#outages < OUTAGES_TO_OPEN) return;
    const nowMs = this.#now();
    const wishMs = Math.min(MAX_OPEN_MS, retryAfterMs ?? 0);
    if (state === "open") {
      this.#openUntilMs = Math.max(this.#openUntilMs, nowMs + wishMs);
      return;
    }
    this.#openMs = Math.min(MAX_OPEN_MS, 2 * this.#openMs || FIRST_OPEN_MS);
    this.#openUntilMs = nowMs + Math.max(this.#openMs, wishMs);
    this.#leaseUntilMs = 0;
  }

  /** The probe ended without a verdict, such as when its client hung up: the next request may be one. Nothing if it has reported. */
  release(): void {
    this.#leaseUntilMs = 0;
  }

  #isProbing(): boolean {
    return this.#now() < this.#leaseUntilMs;
  }
}
