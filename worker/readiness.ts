/** Whether this isolate is known to compute right: one check at a time, whose verdict is kept, however many ask. No clock of its own. */
import { VERDICT_SECONDS } from "./limits.ts";

/** What can be wrong, in the order in which it is looked at. */
export type ReadyCheck = "settings" | "turn" | "model" | "logits";

/** The check that failed, or null if none did. */
export type Verdict = ReadyCheck | null;

/** Milliseconds between two looks at whether another's check has ended. */
const POLL_MS = 50;

const VERDICT_MS = VERDICT_SECONDS * 1_000;

export class Readiness {
  readonly #check: () => Promise<Verdict>;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<void>;
  #known: { verdict: Verdict; untilMs: number } | null = null;
  /** Until when a check that was begun has the field to itself: one whose request was ended midway never says so. */
  #leaseEndsAtMs = -Infinity;

  /**
   * @param check - Takes no longer than {@link VERDICT_SECONDS}, as a rule.
   * @param now - Milliseconds.
   */
  constructor(
    check: () => Promise<Verdict>,
    now: () => number,
    sleep: (ms: number) => Promise<void>,
  ) {
    this.#check = check;
    this.#now = now;
    this.#sleep = sleep;
  }

  /**
   * The verdict that is known, or that of the check which runs, or of one that begins now. That all is well is kept for ever, since nothing that
   * is checked changes in an isolate; that something failed, for {@link VERDICT_SECONDS}. "turn" also if another's check takes longer than that.
   *
   * Those who wait look again and again by themselves, as a promise of one request must not be awaited by another.
   */
  async verdict(): Promise<Verdict> {
    const givesUpAtMs = this.#now() + VERDICT_MS;
    for (;;) {
      if (this.#known && this.#now() < this.#known.untilMs) return this.#known.verdict;
      if (this.#now() >= this.#leaseEndsAtMs) return this.#run();
      if (this.#now() >= givesUpAtMs) return "turn";
      await this.#sleep(POLL_MS);
    }
  }

  /** A check that throws keeps its lease, so that it is not made again at once. */
  async #run(): Promise<Verdict> {
    this.#leaseEndsAtMs = this.#now() + VERDICT_MS;
    const verdict = await this.#check();
    this.#known = { verdict, untilMs: verdict === null ? Infinity : this.#now() + VERDICT_MS };
    this.#leaseEndsAtMs = -Infinity;
    return verdict;
  }
}
