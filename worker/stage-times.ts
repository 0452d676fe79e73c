/** The stages of a scoring request, in the order in which it goes through them. */
export type Stage = "queue" | "tokenization" | "inference";

/** Milliseconds that a request spent in each of its stages, and in all. */
export interface StageTimes {
  /** Waiting for its turn, and for the model if it was the one that loaded it. */
  queueMs: number;
  tokenizationMs: number;
  inferenceMs: number;
  /** From when its body had been read. */
  totalMs: number;
}

/**
 * Divides a request's time among its stages.
 *
 * In production the clock of a Worker stands still while code runs and goes on only when it waits for something, so a slice of work
 * counts from when the event loop comes by after it: ask for the time after a wait, never right behind a computation.
 * @see https://developers.cloudflare.com/workers/reference/security-model/#step-1-disallow-timers-and-multi-threading
 */
export class StageClock {
  readonly #now: () => number;
  readonly #startMs: number;
  readonly #spentMs: Record<Stage, number> = { queue: 0, tokenization: 0, inference: 0 };
  #lastMs: number;

  /** @param now - Milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#startMs = this.#lastMs = now();
  }

  /** Counts the time since the last call, or the start, to a stage. @returns Its milliseconds */
  count(stage: Stage): number {
    const now = this.#now();
    const ms = now - this.#lastMs;
    this.#spentMs[stage] += ms;
    this.#lastMs = now;
    return ms;
  }

  /** What was counted until now. */
  times(): StageTimes {
    return {
      queueMs: this.#spentMs.queue,
      tokenizationMs: this.#spentMs.tokenization,
      inferenceMs: this.#spentMs.inference,
      totalMs: this.#lastMs - this.#startMs,
    };
  }
}
