import { Arena } from "./arena.ts";
import { CrossEncoder } from "./cross-encoder.ts";
import { checkFile } from "./file-record.ts";
import { parseManifest } from "./manifest.ts";
import { ModelError } from "./model-error.ts";
import { checkPackedTensors } from "./packed-tensors.ts";
import { parseSafetensors } from "./safetensors.ts";
import { PairTokenizer } from "./tokenizer.ts";
import type { EngineExports } from "./wasm-exports.ts";
import { planWeights, writeWeights } from "./weights.ts";
import { placeBatch, placeWorkspace } from "./workspace.ts";

/** A packed model as read from its folder. */
export interface PackedModel {
  /** The parsed model.json. */
  manifest: unknown;
  /** The bytes of weights.safetensors. Only read while loading: afterwards the caller may let go of them. */
  weights: Uint8Array<ArrayBuffer>;
  /** The text of tokenizer.json. */
  tokenizer: string;
}

export interface LoadOptions {
  /**
   * Most tokens of one engine call. It bounds the workspace, about 11 KB a token at hiddenSize 384, and how long a call blocks.
   * At least the model's maxSeqLength, so that any one pair fits. Default: 512, or maxSeqLength if that is more.
   */
  maxBatchTokens?: number;
}

const DEFAULT_MAX_BATCH_TOKENS = 512;
const PAGE_BYTES = 65_536;

/**
 * Checks a packed model and loads it into an instance of the engine's module.
 *
 * @param module The compiled `engine/assembly`.
 * @throws ModelError if a file is damaged, cut, foreign or does not fit the manifest, or the model does not fit the module's
 *   memory. @throws RangeError if `maxBatchTokens` is smaller than the model's maxSeqLength.
 */
export async function loadCrossEncoder(
  module: WebAssembly.Module,
  model: PackedModel,
  options: LoadOptions = {},
): Promise<CrossEncoder> {
  const manifest = parseManifest(model.manifest);
  const { maxSeqLength } = manifest.architecture;
  const maxBatchTokens = options.maxBatchTokens ?? Math.max(DEFAULT_MAX_BATCH_TOKENS, maxSeqLength);
  if (!Number.isInteger(maxBatchTokens) || maxBatchTokens < maxSeqLength) {
    throw new RangeError(
      `maxBatchTokens is ${maxBatchTokens}, it must be a whole number of at least ${maxSeqLength}`,
    );
  }
  await checkFile(manifest.weights, model.weights, "weights_mismatch");
  await checkFile(
    manifest.tokenizer,
    new TextEncoder().encode(model.tokenizer) as Uint8Array<ArrayBuffer>,
    "tokenizer_corrupt",
  );
  const { tensors } = parseSafetensors(model.weights);
  checkPackedTensors(manifest, tensors);

  const exports = new WebAssembly.Instance(module).exports as unknown as EngineExports;
  const arena = new Arena(exports.heapBase.value as number);
  const weights = planWeights(arena, manifest);
  const workspaceFields = placeWorkspace(arena, manifest.architecture, maxBatchTokens, {
    feedForward: exports.FEED_FORWARD_ROWS.value as number,
    attention: exports.ATTENTION_ROWS.value as number,
  });
  const workspace = arena.place(4 * workspaceFields.length);
  const batch = placeBatch(arena, maxBatchTokens, manifest.head.labels.length);
  // Matrices are staged in the workspace, which nothing else uses yet.
  const staging = workspaceFields[0]!;
  reserve(exports.memory, Math.max(arena.end, staging + weights.stagingBytes));
  writeWeights(exports, weights, tensors, staging);
  new Uint32Array(exports.memory.buffer).set(workspaceFields, workspace / 4);

  return new CrossEncoder(
    manifest,
    new PairTokenizer(model.tokenizer, maxSeqLength),
    maxBatchTokens,
    exports,
    { model: weights.model.offset, workspace, batch },
  );
}

/** Grows the memory to at least `bytes`. */
function reserve(memory: WebAssembly.Memory, bytes: number): void {
  const pages = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
  if (pages <= 0) return;
  try {
    memory.grow(pages);
  } catch {
    throw new ModelError(
      "unsupported_model",
      `the model and its workspace need ${bytes} bytes, more than the engine's memory may grow to`,
      "Use a smaller model, or a smaller maxBatchTokens.",
    );
  }
}
