/**
 * What is kept loaded within a budget of bytes: whatever was used last. Pure.
 *
 * Room is made before a value is loaded, not after: a thing to load and the things it replaces must not be in memory together.
 */
export class EngineCache<T> {
  readonly #maxBytes: number;
  /** From the least to the most recently used. */
  readonly #entries = new Map<string, { value: T; bytes: number }>();

  /** @param maxBytes - Of all values together. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The value kept under a name, which is now the most recently used; undefined if there is none. */
  get(name: string): T | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry.value;
  }

  /**
   * Lets go of the least recently used values until so many more bytes fit.
   * @returns What was let go of, least recently used first; null if so many would not even fit alone, and then all was kept.
   */
  makeRoom(bytes: number): T[] | null {
    if (bytes > this.#maxBytes) return null;
    const released: T[] = [];
    for (const [name, { value }] of this.#entries) {
      if (this.bytes + bytes <= this.#maxBytes) break;
      this.#entries.delete(name);
      released.push(value);
    }
    return released;
  }

  /** Keeps a value, in the place of one of the same name. If it is larger than was made room for, others are let go of, but not it. */
  set(name: string, value: T, bytes: number): void {
    this.#entries.delete(name);
    this.makeRoom(Math.min(bytes, this.#maxBytes));
    this.#entries.set(name, { value, bytes });
  }

  /** Bytes of all values that are kept. */
  get bytes(): number {
    let sum = 0;
    for (const entry of this.#entries.values()) sum += entry.bytes;
    return sum;
  }

  /** Names of all values that are kept, from the least to the most recently used. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }
}
