import type { Deadline } from "./deadline.ts";
import { LIMITS, SLICE_CHARS, YIELDING_BATCH_TOKENS, YIELDING_SLICE_CHARS } from "./limits.ts";
import { POLL_MS, type InferenceQueue, type Ticket } from "./queue.ts";
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
  readonly #deadline: Deadline;
  readonly #clock = new StageClock(Date.now);
  /** Of the slice that is computed now; null before the first. */
  #stage: Stage | null = null;

  constructor(queue: InferenceQueue, ticket: Ticket, deadline: Deadline) {
    this.#queue = queue;
    this.#ticket = ticket;
    this.#deadline = deadline;
  }

  /** Whether as many requests wait here as may, so that this one had better be computed elsewhere. */
  get isFull(): boolean {
    const others = this.#queue.waiting - (this.#ticket.place < Infinity ? 1 : 0);
    return others >= LIMITS.maxQueuedRequests;
  }

  /** From now on goes behind all requests that do not yield, and computes less in one go: small batches, and of them a layer. */
  yieldToOthers(): void {
    this.#ticket.yields = true;
  }

  /** Whether others get a turn between two layers of a batch. */
  get yields(): boolean {
    return this.#ticket.yields;
  }

  /** Tokens of a batch. @param most - What the model can. */
  batchTokens(most: number): number {
    return this.#ticket.yields ? Math.min(most, YIELDING_BATCH_TOKENS) : most;
  }

  /** Characters that are tokenized in one go. */
  get sliceChars(): number {
    return this.#ticket.yields ? YIELDING_SLICE_CHARS : SLICE_CHARS;
  }

  /** Leaves the line while the request waits for something other than this thread, until its deadline at most. */
  async stepAside(): Promise<void> {
    await this.#endSlice();
    this.#queue.stepAside(this.#ticket, this.#deadline.remainingMs);
  }

  /** Counts the time since the last slice, spent aside. */
  comeBack(): void {
    this.#clock.count("inference");
  }

  /**
   * Resolves when the next slice may be computed: true, or false if nobody waits for the answer any more or the deadline is over.
   * @param stage - What the slice is for.
   */
  async next(stage: Stage): Promise<boolean> {
    await this.#endSlice();
    while (!this.#deadline.signal.aborted) {
      if (this.#queue.isTurn(this.#ticket)) {
        this.#clock.count("queue");
        this.#stage = stage;
        return true;
      }
      await delay(POLL_MS);
    }
    this.#clock.count("queue");
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
    await delay(this.#ticket.yields && this.#queue.urgent > 0 ? YIELDING_PAUSE_MS : 0);
    this.#clock.count(this.#stage);
    this.#stage = null;
  }
}

/**
 * Between two slices of a request that yields, while others are open that do not: time for another one's body to be read, so that it need not wait for a
 * further slice before it even has a place in the line.
 */
const YIELDING_PAUSE_MS = 2;

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
