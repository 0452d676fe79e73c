/** What `engine/assembly` exports, as far as the binding uses it. Pointers are byte offsets into `memory`, sizes count elements. */
export interface EngineExports {
  memory: WebAssembly.Memory;
  /** First byte free for the binding, a multiple of 16. */
  heapBase: WebAssembly.Global;
  /** Rows of the feed-forward and attention blocks: they size the workspace. */
  FEED_FORWARD_ROWS: WebAssembly.Global;
  ATTENTION_ROWS: WebAssembly.Global;
  /** Runs a batch; the arguments point to records of `assembly/layout.ts`. */
  encode(model: number, workspace: number, batch: number): void;
  /** Runs one layer of it, from 0, with what belongs before the first and after the last. */
  encodeStep(model: number, workspace: number, batch: number, layer: number): void;
  /** Reorders int8 weights [cols, depth] for the products. */
  interleave_i8(out: number, weights: number, cols: number, depth: number): void;
}
