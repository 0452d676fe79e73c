import { Arena } from "./arena.ts";
import { ByteStream, streamOf, type FileStream } from "./byte-stream.ts";
import { CrossEncoder, type MemoryPlan } from "./cross-encoder.ts";
import { checkContents, checkFile } from "./file-record.ts";
import { parseManifest, type ModelManifest } from "./manifest.ts";
import { ModelError } from "./model-error.ts";
import { checkPackedTensors, hasPooler } from "./packed-tensors.ts";
import { LENGTH_BYTES, parseHeader, readHeaderLength, type TensorEntry } from "./safetensors.ts";
import { PairTokenizer } from "./tokenizer.ts";
import type { EngineExports } from "./wasm-exports.ts";
import { planWeights, readWeights } from "./weights.ts";
import { placeBatch, placeWorkspace } from "./workspace.ts";

/** A packed model: its folder's files, read, or with weights that have yet to arrive. */
export interface PackedModel<Weights = Uint8Array<ArrayBuffer>> {
  /** The parsed model.json. */
  manifest: unknown;
  /** weights.safetensors. It is only read while loading: afterwards the caller may let go of it. */
  weights: Weights;
  /** The text of tokenizer.json. */
  tokenizer: string;
}

export interface LoadOptions {
  /**
   * Most tokens of one engine call. It bounds the workspace, about 11 KB a token at hiddenSize 384, and how long a call blocks.
   * At least the model's maxSeqLength, so that any one pair fits. Default: 512, or maxSeqLength if that is more.
   */
  maxBatchTokens?: number;
  /**
   * A loaded model that is no longer needed, whose memory this one takes over: garbage is collected too late for a host that has room
   * for little more than what is in use.
   */
  recycled?: CrossEncoder;
}

const DEFAULT_MAX_BATCH_TOKENS = 512;
const PAGE_BYTES = 65_536;

/**
 * Checks a packed model and loads it into an instance of the engine's module. Weights that are streamed never need room for the
 * whole file beside the module's memory.
 *
 * @param module The compiled `engine/assembly`.
 * @throws ModelError if a file is damaged, cut, foreign or does not fit the manifest, or the model does not fit the module's
 *   memory. @throws RangeError if `maxBatchTokens` is smaller than the model's maxSeqLength.
 */
export async function loadCrossEncoder(
  module: WebAssembly.Module,
  model: PackedModel<Uint8Array<ArrayBuffer> | FileStream>,
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
  await checkFile(
    manifest.tokenizer,
    new TextEncoder().encode(model.tokenizer) as Uint8Array<ArrayBuffer>,
    "tokenizer_corrupt",
  );
  const tokenizer = new PairTokenizer(model.tokenizer, maxSeqLength);
  const { exports, plan } = await checked(manifest, model.weights, (stream) =>
    instantiate(module, manifest, stream, maxBatchTokens, options.recycled),
  );
  return new CrossEncoder(manifest, tokenizer, maxBatchTokens, exports, plan);
}

/** Reads the weights by `read`. If that fails, it is told first whether they are the file that the manifest names. */
async function checked<T>(
  { weights: record }: ModelManifest,
  weights: Uint8Array<ArrayBuffer> | FileStream,
  read: (stream: ByteStream) => Promise<T>,
): Promise<T> {
  const file = weights instanceof Uint8Array ? streamOf(weights) : weights;
  const stream = new ByteStream(file.chunks);
  const reading = await read(stream).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in reading && !(reading.error instanceof ModelError)) throw reading.error;
  await stream.drain();
  await checkContents(record, stream.bytes, () => file.sha256(), "weights_mismatch");
  if ("error" in reading) throw reading.error;
  return reading.value;
}

/** An instance with the weights and an empty workspace in its memory. */
async function instantiate(
  module: WebAssembly.Module,
  manifest: ModelManifest,
  stream: ByteStream,
  maxBatchTokens: number,
  recycled: CrossEncoder | undefined,
): Promise<{ exports: EngineExports; plan: MemoryPlan }> {
  const tensors = await readTensorList(manifest, stream);
  const exports =
    recycled?.release() ?? (new WebAssembly.Instance(module).exports as unknown as EngineExports);
  const arena = new Arena(exports.heapBase.value as number);
  const weights = planWeights(arena, manifest);
  const workspaceFields = placeWorkspace(arena, manifest.architecture, maxBatchTokens, {
    feedForward: exports.FEED_FORWARD_ROWS.value as number,
    attention: exports.ATTENTION_ROWS.value as number,
  });
  const workspace = arena.place(4 * workspaceFields.length);
  // A sequence has at least two tokens.
  const logitRows = hasPooler(manifest.head) ? Math.ceil(maxBatchTokens / 2) : maxBatchTokens;
  const batch = placeBatch(arena, maxBatchTokens, logitRows, manifest.head.labels.length);
  const hidden = workspaceFields[0]!;
  // Matrices are staged in the workspace, which nothing else uses yet.
  const staging = hidden;
  reserve(exports.memory, Math.max(arena.end, staging + weights.stagingBytes));
  await readWeights(exports, weights, tensors, stream, staging);
  new Uint32Array(exports.memory.buffer).set(workspaceFields, workspace / 4);
  return { exports, plan: { model: weights.model.offset, workspace, hidden, batch } };
}

/** The tensors that the weights' header lists, checked against the manifest. */
async function readTensorList(
  manifest: ModelManifest,
  stream: ByteStream,
): Promise<ReadonlyMap<string, TensorEntry>> {
  const { file, bytes } = manifest.weights;
  const length = new Uint8Array(LENGTH_BYTES);
  await stream.read(length);
  const header = new Uint8Array(readHeaderLength(length, bytes, file));
  await stream.read(header);
  const { tensors } = parseHeader(header, bytes, file);
  checkPackedTensors(manifest, tensors);
  return tensors;
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
