/**
 * Lays regions out one after the other in a WebAssembly memory, each starting at a multiple of 16. Nothing is ever freed: model
 * and workspace are placed once and live as long as the instance.
 */
export class Arena {
  #end: number;

  /** @param base First free byte. */
  constructor(base: number) {
    this.#end = align(base);
  }

  /** First byte after everything placed so far, a multiple of 16. */
  get end(): number {
    return this.#end;
  }

  /** Byte offset of a new region of `bytes` bytes. */
  place(bytes: number): number {
    const offset = this.#end;
    this.#end = align(offset + bytes);
    return offset;
  }
}

function align(offset: number): number {
  return Math.ceil(offset / 16) * 16;
}
