/**
 * Text pairs to logits in WebAssembly; knows nothing of HTTP.
 *
 * `loadCrossEncoder(module, model)` checks a packed model and places it in the module's memory (`load.ts`); the `CrossEncoder` it
 * gives tokenizes pairs and runs the encoder, one call a batch (`cross-encoder.ts`, `assembly/encoder.ts`).
 */
export { planBatches } from "./batches.ts";
export type { FileStream } from "./byte-stream.ts";
export { CrossEncoder } from "./cross-encoder.ts";
export { loadCrossEncoder, type LoadOptions, type PackedModel } from "./load.ts";
export type { Architecture, Head, ModelManifest } from "./manifest.ts";
export { ModelError, type ModelErrorCode } from "./model-error.ts";
export { selfCheckLogits } from "./self-check.ts";
export type { AlignedTokens } from "./token-aligner.ts";
export { PairTokenizer, type EncodedPair } from "./tokenizer.ts";
