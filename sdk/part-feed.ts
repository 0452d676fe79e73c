/** A list that grows until it is closed; each reader gets all of it from its beginning, however late it comes. */
export class PartFeed<Part> {
  readonly #parts: Part[] = [];
  #closed = false;
  #tellReaders = (): void => {};
  #news = this.#nextNews();

  push(part: Part): void {
    this.#parts.push(part);
    this.#tell();
  }

  close(): void {
    this.#closed = true;
    this.#tell();
  }

  async *read(): AsyncGenerator<Part, void, undefined> {
    for (let next = 0; ; next++) {
      while (next === this.#parts.length) {
        if (this.#closed) return;
        await this.#news;
      }
      yield this.#parts[next]!;
    }
  }

  #tell(): void {
    this.#tellReaders();
    this.#news = this.#nextNews();
  }

  #nextNews(): Promise<void> {
    return new Promise((resolve) => {
      this.#tellReaders = resolve;
    });
  }
}
