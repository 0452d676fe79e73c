/** A file's bytes from its first to its last, and their hash. */
export interface FileStream {
  /** Consecutive pieces of the file, of any size; each is read before the next is asked for, and not kept. */
  chunks: AsyncIterable<Uint8Array>;
  /** SHA-256 of all the chunks, asked for after the last one. */
  sha256(): Promise<ArrayBuffer>;
}

/** A file that is at hand as a whole. */
export function streamOf(bytes: Uint8Array<ArrayBuffer>): FileStream {
  return {
    chunks: (async function* () {
      yield bytes;
    })(),
    sha256: () => crypto.subtle.digest("SHA-256", bytes),
  };
}

/** Reads chunks in pieces of the reader's choice, and counts what it has read. */
export class ByteStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** What is left of the last chunk. */
  #rest: Uint8Array = new Uint8Array(0);
  #bytes = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes of all chunks that have arrived. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Copies the next bytes into `target`. Only as many as there are: a reader that needs them all compares {@link bytes}. */
  async read(target: Uint8Array): Promise<void> {
    let filled = 0;
    while (filled < target.length) {
      if (this.#rest.length === 0 && !(await this.#next())) return;
      const piece = this.#rest.subarray(0, target.length - filled);
      target.set(piece, filled);
      filled += piece.length;
      this.#rest = this.#rest.subarray(piece.length);
    }
  }

  /** Reads to the end. */
  async drain(): Promise<void> {
    while (await this.#next());
  }

  /** Puts the next chunk in the place of `#rest`; false at the end. */
  async #next(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done) return false;
    this.#rest = value;
    this.#bytes += value.length;
    return true;
  }
}
