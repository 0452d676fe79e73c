import type { ModelManifest } from "../engine/index.ts";

/** The engine reserves its workspace for so many tokens, or for one window if that is more. */
const BATCH_TOKENS = 512;

/** Bytes of the workspace for each token and unit of hiddenSize: 28 measured. */
const WORKSPACE_BYTES = 30;

/** Bytes of the heap for each byte of tokenizer.json: its vocabulary becomes a map both ways. */
const HEAP_PER_TOKENIZER_BYTE = 8;

/** Bytes that a model will take once it is loaded: its weights and workspace in WebAssembly's memory, and its tokenizer. An estimate from above. */
export function engineBytes(manifest: ModelManifest): number {
  const { weights, architecture } = manifest;
  const { hiddenSize, maxSeqLength } = architecture;
  const workspace = Math.max(BATCH_TOKENS, maxSeqLength) * hiddenSize * WORKSPACE_BYTES;
  return weights.bytes + workspace + tokenizerBytes(manifest);
}

/** What of them is the tokenizer. */
export function tokenizerBytes({ tokenizer }: ModelManifest): number {
  return tokenizer.bytes * HEAP_PER_TOKENIZER_BYTE;
}
