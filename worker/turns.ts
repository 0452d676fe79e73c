import type { Deadline } from "./deadline.ts";
import type { Overload } from "./errors.ts";
import {
  IDLE_SLICE_LAYER_TOKENS,
  POLITE_MS,
  SLICE_CHARS,
  SLICE_LAYER_TOKENS,
  YIELDING_SLICE_CHARS,
} from "./limits.ts";
import { POLL_MS, type InferenceQueue, type Ticket } from "./queue.ts";
import { StageClock, type Stage, type StageTimes } from "./stage-times.ts";

/**
 * One request's right to compute, a slice at a time.
 *
 * Work is cut into slices because a Worker has one thread: between two of them the event loop answers `/health`, takes new
 * requests in or refuses them, and learns that a client hung up.
 */
export class Turns {
  readonly #queue: InferenceQueue;
  readonly #ticket: Ticket;
  readonly #deadline: Deadline;
  readonly #clock = new StageClock(Date.now);
  /** Of the slice that is computed now; null before the first. */
  #stage: Stage | null = null;
  /** Computed in it. */
  #sliceTokens = 0;

  constructor(queue: InferenceQueue, ticket: Ticket, deadline: Deadline) {
    this.#queue = queue;
    this.#ticket = ticket;
    this.#deadline = deadline;
  }

  /**
   * What stands against computing so many tokens here: too many requests wait, or too much work, or the deadline would be over. Work that yields
   * waits as long as it must.
   */
  refusal(tokens: number): Overload | undefined {
    if (this.#ticket.yields) return undefined;
    return this.#queue.refusal(this.#ticket, tokens, this.#deadline.remainingMs);
  }

  /** What stands against going on: others wait, and what is left would not be done before the deadline. */
  hopelessness(): Overload | undefined {
    return this.#queue.hopelessness(this.#ticket, this.#deadline.remainingMs);
  }

  /** Says how many tokens will be computed here, by which it is decided who goes first. */
  expect(tokens: number): void {
    this.#queue.expect(this.#ticket, tokens);
  }

  /** Says that so many of them were computed in this slice. */
  spend(tokens: number): void {
    this.#queue.spend(this.#ticket, tokens);
    this.#sliceTokens += tokens;
  }

  /** From now on goes behind all requests that do not yield, and computes less in one go. */
  yieldToOthers(): void {
    this.#ticket.yields = true;
  }

  /** Tokens of a batch. @param most - What the model can. */
  batchTokens(most: number): number {
    const isShared = this.#ticket.yields || this.#queue.waiting > 1;
    return isShared ? Math.min(most, this.#sliceLayerTokens) : most;
  }

  /**
   * Layers of a batch of so many tokens that are computed in one slice: all of them for a request that is alone, which a turn of the event loop
   * after each would cost some milliseconds.
   */
  sliceLayers(batchTokens: number): number {
    if (!this.#ticket.yields && this.#queue.size === 1) return Infinity;
    return Math.max(1, Math.floor(this.#sliceLayerTokens / batchTokens));
  }

  /** Characters that are tokenized in one go. */
  get sliceChars(): number {
    return this.#ticket.yields ? YIELDING_SLICE_CHARS : SLICE_CHARS;
  }

  get #sliceLayerTokens(): number {
    const isIdle = this.#ticket.yields && this.#queue.msSinceUrgent >= POLITE_MS;
    return isIdle ? IDLE_SLICE_LAYER_TOKENS : SLICE_LAYER_TOKENS;
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
    if (this.#stage !== null) {
      await this.#endSlice();
      if (this.#areOthersOpen) for (let turn = 1; turn < TURNS_FOR_OTHERS; turn++) await delay(0);
    }
    while (!this.#deadline.signal.aborted) {
      if (this.#queue.isTurn(this.#ticket)) {
        this.#clock.count("queue");
        this.#stage = stage;
        return true;
      }
      await delay(this.#queue.isNearlyTurn(this.#ticket) ? 1 : POLL_MS);
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
    await delay(0);
    const ms = this.#clock.count(this.#stage);
    if (this.#sliceTokens > 0 && !this.#ticket.yields) this.#queue.time(this.#sliceTokens, ms);
    this.#sliceTokens = 0;
    this.#stage = null;
  }

  /** For what yields, also if one has just left. */
  get #areOthersOpen(): boolean {
    return this.#ticket.yields ? this.#queue.msSinceUrgent < JUST_LEFT_MS : this.#queue.size > 1;
  }
}

/**
 * Turns of the event loop between two slices while others are open: time for a body to be read and refused, or to get a place in the line, and for
 * an answer to be sent, so that none of these has to wait for a further slice.
 */
const TURNS_FOR_OTHERS = 3;

/** For so long after the last request has left, work that yields lets its answer be sent. */
const JUST_LEFT_MS = 2;

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
