import type { InferenceQueue, Ticket } from "./queue.ts";
import { POLL_MS } from "./queue.ts";
import { StageClock, type Stage, type StageTimes } from "./stage-times.ts";

/**
 * One request's right to compute, a slice at a time.
 *
 * Work is cut into slices because a Worker has one thread: between two of them the event loop answers `/health`, takes new
 * requests in, and learns that a client hung up.
 */
export class Turns {
  readonly #queue: InferenceQueue;
  readonly #ticket: Ticket;
  readonly #signal: AbortSignal;
  readonly #clock = new StageClock(Date.now);
  /** Of the slice that is computed now; null before the first. */
  #stage: Stage | null = null;

  constructor(queue: InferenceQueue, ticket: Ticket, signal: AbortSignal) {
    this.#queue = queue;
    this.#ticket = ticket;
    this.#signal = signal;
  }

  /**
   * Resolves when the next slice may be computed: true, or false if nobody waits for the answer any more.
   * @param stage - What the slice is for.
   */
  async next(stage: Stage): Promise<boolean> {
    await this.#endSlice();
    while (!this.#signal.aborted) {
      if (this.#queue.isTurn(this.#ticket)) {
        this.#clock.count("queue");
        this.#stage = stage;
        return true;
      }
      await delay(POLL_MS);
    }
    return false;
  }

  /** Keeps the turn through a slice that waits for something other than this thread; so long its time counts as waiting. */
  renew(): void {
    this.#queue.isTurn(this.#ticket);
    this.#clock.count("queue");
  }

  /** Ends the last slice. @returns What each stage took. */
  async finish(): Promise<StageTimes> {
    await this.#endSlice();
    return this.#clock.times();
  }

  /** The clock may stand still until the event loop has had a turn. */
  async #endSlice(): Promise<void> {
    if (this.#stage === null) return;
    await delay(0);
    this.#clock.count(this.#stage);
    this.#stage = null;
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
