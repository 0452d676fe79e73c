import type { InferenceQueue, Ticket } from "./queue.ts";
import { POLL_MS } from "./queue.ts";

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
  #isFirst = true;

  constructor(queue: InferenceQueue, ticket: Ticket, signal: AbortSignal) {
    this.#queue = queue;
    this.#ticket = ticket;
    this.#signal = signal;
  }

  /** Resolves when the next slice may be computed: true, or false if nobody waits for the answer any more. */
  async next(): Promise<boolean> {
    if (!this.#isFirst) await delay(0);
    this.#isFirst = false;
    while (!this.#signal.aborted) {
      if (this.#queue.isTurn(this.#ticket)) return true;
      await delay(POLL_MS);
    }
    return false;
  }

  /** Keeps the turn through a slice that waits for something other than this thread. */
  renew(): void {
    this.#queue.isTurn(this.#ticket);
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
