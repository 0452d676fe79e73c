/** Calls that are remembered. */
const KEPT = 200;

/** Calls below which nothing is said: the 95th percentile of fewer is little more than their maximum. */
const FEWEST = 20;

/** How long the last calls of one backend took, as far as they were answered. Of one isolate. */
export class Latencies {
  readonly #lastMs: number[] = [];
  #next = 0;

  /** @param latencyMs - Of a call that was answered; one that failed at once would make the others look slow. */
  add(latencyMs: number): void {
    this.#lastMs[this.#next] = latencyMs;
    this.#next = (this.#next + 1) % KEPT;
  }

  /** Milliseconds that 19 of the last 20 calls did not exceed (nearest rank of the last 200); undefined before the 20th. */
  p95(): number | undefined {
    const { length } = this.#lastMs;
    if (length < FEWEST) return undefined;
    return this.#lastMs.toSorted((a, b) => a - b)[Math.ceil(0.95 * length) - 1];
  }
}
