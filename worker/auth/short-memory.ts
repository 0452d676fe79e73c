/** What was learnt a moment ago, of at most so many things: the oldest is forgotten first. */
export class ShortMemory<T> {
  readonly #entries = new Map<string, { value: T; untilMs: number }>();
  readonly #maxEntries: number;
  readonly #keptMs: number;
  readonly #now: () => number;

  /** @param keptMs - How long a thing is remembered. @param now - Milliseconds. */
  constructor(maxEntries: number, keptMs: number, now: () => number) {
    this.#maxEntries = maxEntries;
    this.#keptMs = keptMs;
    this.#now = now;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.untilMs > this.#now()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: T): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#maxEntries) {
      this.#entries.delete(this.#entries.keys().next().value!);
    }
    this.#entries.set(key, { value, untilMs: this.#now() + this.#keptMs });
  }
}
