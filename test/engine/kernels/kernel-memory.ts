import { engineModule } from "../../fixtures/engine.ts";

/** The compiled engine's kernels; arguments are byte offsets, element counts and f32 numbers, as `engine/assembly` documents. */
type Kernels = Record<string, (...args: number[]) => number>;

/** A fresh instance of the engine with arrays in its memory, for tests that call kernels directly. */
export class KernelMemory {
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  #end: number;

  constructor(pages = 400) {
    const { exports } = new WebAssembly.Instance(engineModule);
    this.#memory = exports["memory"] as WebAssembly.Memory;
    this.#memory.grow(pages);
    this.#end = (exports["heapBase"] as WebAssembly.Global).value as number;
    this.kernels = exports as unknown as Kernels;
  }

  /** Places `values`; regions lie apart, and what lies between them is filled with a pattern that no test expects. */
  f32(values: ArrayLike<number>): Float32Array {
    return this.#place(Float32Array, values);
  }

  i16(values: ArrayLike<number>): Int16Array {
    return this.#place(Int16Array, values);
  }

  i8(values: ArrayLike<number>): Int8Array {
    return this.#place(Int8Array, values);
  }

  u8(values: ArrayLike<number>): Uint8Array {
    return this.#place(Uint8Array, values);
  }

  i32(values: ArrayLike<number>): Int32Array {
    return this.#place(Int32Array, values);
  }

  #place<T extends { set(values: ArrayLike<number>): void; byteLength: number }>(
    type: { new (buffer: ArrayBufferLike, offset: number, length: number): T },
    values: ArrayLike<number>,
  ): T {
    const offset = Math.ceil((this.#end + 64) / 16) * 16;
    const view = new type(this.#memory.buffer, offset, values.length);
    new Uint8Array(this.#memory.buffer, this.#end, offset - this.#end).fill(0x5a);
    view.set(values);
    this.#end = offset + view.byteLength;
    return view;
  }
}

/** Seeded numbers in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `length` numbers of about normal distribution, times `spread`. */
export function normals(random: () => number, length: number, spread = 1): Float32Array {
  return Float32Array.from(
    { length },
    () => spread * (random() + random() + random() + random() - 2) * Math.sqrt(3),
  );
}

/** The largest |actual − expected| / (absolute + relative · |expected|), with where it is; at most 1 is within budget. */
export function worst(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  budget: { absolute: number; relative: number },
): { ratio: number; place: string } {
  let ratio = 0;
  let place = "";
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    const value = difference / (budget.absolute + budget.relative * Math.abs(expected[i]!));
    if (!(value <= ratio)) {
      ratio = value;
      place = `element ${i}: ${actual[i]} instead of ${expected[i]}`;
    }
  }
  return { ratio, place };
}

/** `length` times `value`. */
export function filled(length: number, value: number): number[] {
  return Array.from({ length }, () => value);
}

/** Rows of int16 activations in the order of `engine/assembly/kernels/matmul.ts`: tiles of three rows, missing rows filled with `rest`. */
export function tiles(rows: readonly (readonly number[])[], rest: number): number[] {
  const out: number[] = [];
  for (let first = 0; first < rows.length; first += 3) {
    for (let k = 0; k < rows[0]!.length; k += 2) {
      for (let r = first; r < first + 3; r++)
        out.push(rows[r]?.[k] ?? rest, rows[r]?.[k + 1] ?? rest);
    }
  }
  return out;
}

/** The inverse of {@link tiles}. */
export function rowsOfTiles(tiled: ArrayLike<number>, rows: number, cols: number): number[][] {
  return Array.from({ length: rows }, (_, r) =>
    Array.from(
      { length: cols },
      (_, k) => tiled[Math.floor(r / 3) * 3 * cols + (k >> 1) * 6 + (r % 3) * 2 + (k & 1)]!,
    ),
  );
}
