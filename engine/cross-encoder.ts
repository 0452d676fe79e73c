import { planBatches } from "./batches.ts";
import type { ModelManifest } from "./manifest.ts";
import { hasPooler } from "./packed-tensors.ts";
import type { EncodedPair, PairTokenizer } from "./tokenizer.ts";
import type { EngineExports } from "./wasm-exports.ts";
import type { BatchRegions } from "./workspace.ts";

/** Where `loadCrossEncoder` put things in the module's memory: byte offsets. */
export interface MemoryPlan {
  model: number;
  workspace: number;
  /** f32 [maxBatchTokens, hiddenSize]: what the workspace must keep from layer to layer. */
  hidden: number;
  batch: BatchRegions;
}

/**
 * A loaded cross-encoder or token classifier: encoded pairs in, logits out.
 *
 * A pair's logits are the same bits whatever batch it rides in, in whatever order, on whatever host. Calls are synchronous and
 * share one workspace: an instance serves one call at a time, which a JavaScript thread guarantees by itself.
 */
export class CrossEncoder {
  readonly manifest: ModelManifest;
  readonly tokenizer: PairTokenizer;
  /** Most tokens of one {@link logits} or {@link logitsInSteps} call. */
  readonly maxBatchTokens: number;
  #exports: EngineExports | null;
  readonly #plan: MemoryPlan;

  constructor(
    manifest: ModelManifest,
    tokenizer: PairTokenizer,
    maxBatchTokens: number,
    exports: EngineExports,
    plan: MemoryPlan,
  ) {
    this.manifest = manifest;
    this.tokenizer = tokenizer;
    this.maxBatchTokens = maxBatchTokens;
    this.#exports = exports;
    this.#plan = plan;
  }

  /** Bytes of the WebAssembly memory that it holds. */
  get memoryBytes(): number {
    return this.#instance.memory.buffer.byteLength;
  }

  /** Gives its instance, memory and all, away to another model; it can compute no more. */
  release(): EngineExports {
    const exports = this.#instance;
    this.#exports = null;
    return exports;
  }

  get #instance(): EngineExports {
    if (this.#exports === null) throw new Error("the model's memory was given to another");
    return this.#exports;
  }

  /**
   * Logits of one batch, row-major, f32; the caller owns the array. An empty batch gives an empty array.
   * [batch, labels], or of a token classifier [tokens, labels]: those of each sequence, [CLS] and [SEP] included, one after the other.
   *
   * A logit is NaN only if the model's weights drive it there; callers treat that as an error, never as a score.
   *
   * @throws RangeError if the batch has more than {@link maxBatchTokens} tokens, a sequence is shorter than 2 or longer than the model's
   *   maxSeqLength, or a token id lies outside the vocabulary.
   */
  logits(batch: readonly EncodedPair[]): Float32Array {
    if (batch.length === 0) return new Float32Array(0);
    this.#check(batch);
    this.#write(batch);
    this.#instance.encode(this.#plan.model, this.#plan.workspace, this.#plan.batch.record);
    return this.#read(batch);
  }

  /**
   * The same bits as {@link logits}, computed a layer at a time, for one that lets others go first. Between two steps this instance may compute
   * anything else, other batches in steps included; a generator may be left where it is. It holds the hidden states meanwhile, f32
   * [tokens, hiddenSize], outside the module's memory, and the caller's arrays, which must stay as they are.
   *
   * @throws what {@link logits} throws, at the first step, and Error at any later one if {@link release} was called before
   */
  *logitsInSteps(batch: readonly EncodedPair[]): Generator<void, Float32Array, void> {
    if (batch.length === 0) return new Float32Array(0);
    this.#check(batch);
    const { numLayers, hiddenSize } = this.manifest.architecture;
    const { model, workspace, hidden, batch: regions } = this.#plan;
    const kept = new Float32Array(tokensOf(batch) * hiddenSize);
    for (let layer = 0; ; layer++) {
      const { memory, encodeStep } = this.#instance;
      const states = new Float32Array(memory.buffer, hidden, kept.length);
      if (layer > 0) states.set(kept);
      this.#write(batch);
      encodeStep(model, workspace, regions.record, layer);
      if (layer === numLayers - 1) return this.#read(batch);
      kept.set(states);
      yield;
    }
  }

  /** Puts a batch where the encoder reads it. */
  #write(batch: readonly EncodedPair[]): void {
    const { record, starts, inputIds, tokenTypeIds, logits } = this.#plan.batch;
    const { buffer } = this.#instance.memory;
    const words = new Uint32Array(buffer);
    const bytes = new Uint8Array(buffer);
    let token = 0;
    for (const [index, pair] of batch.entries()) {
      words[starts / 4 + index] = token;
      words.set(pair.inputIds, inputIds / 4 + token);
      bytes.set(pair.tokenTypeIds, tokenTypeIds + token);
      token += pair.inputIds.length;
    }
    words[starts / 4 + batch.length] = token;
    words.set([batch.length, starts, inputIds, tokenTypeIds, logits], record / 4);
  }

  /** Copies out the logits that the encoder left. */
  #read(batch: readonly EncodedPair[]): Float32Array {
    const { head } = this.manifest;
    const rows = hasPooler(head) ? batch.length : tokensOf(batch);
    const { buffer } = this.#instance.memory;
    return new Float32Array(buffer, this.#plan.batch.logits, rows * head.labels.length).slice();
  }

  /**
   * Logits of texts, [pairs, labels], row-major: tokenized, cut to the window and batched here. For one thread that may block, and
   * not for a token classifier.
   */
  score(pairs: readonly (readonly [query: string, document: string])[]): Float32Array {
    const labels = this.manifest.head.labels.length;
    const encoded = pairs.map(([query, document]) =>
      this.tokenizer.pair(this.tokenizer.encode(query), this.tokenizer.encode(document)),
    );
    const result = new Float32Array(pairs.length * labels);
    const lengths = encoded.map(({ inputIds }) => inputIds.length);
    for (const batch of planBatches(lengths, this.maxBatchTokens)) {
      result.set(this.logits(batch.map((index) => encoded[index]!)), batch[0]! * labels);
    }
    return result;
  }

  /** The kernels trust what they are given: here is where it is checked. */
  #check(batch: readonly EncodedPair[]): void {
    const { maxSeqLength, vocabSize, typeVocabSize } = this.manifest.architecture;
    let tokens = 0;
    for (const [index, { inputIds, tokenTypeIds }] of batch.entries()) {
      const { length } = inputIds;
      if (length < 2 || length > maxSeqLength) {
        throw new RangeError(`sequence ${index} has ${length} tokens, not 2 to ${maxSeqLength}`);
      }
      if (tokenTypeIds.length !== length) {
        throw new RangeError(
          `sequence ${index} has ${length} token ids and ${tokenTypeIds.length} token types`,
        );
      }
      const id = inputIds.find((value) => value < 0 || value >= vocabSize);
      if (id !== undefined) {
        throw new RangeError(`token id ${id} of sequence ${index} is not in [0, ${vocabSize})`);
      }
      const type = tokenTypeIds.find((value) => value >= typeVocabSize);
      if (type !== undefined) {
        throw new RangeError(
          `token type ${type} of sequence ${index} is not in [0, ${typeVocabSize})`,
        );
      }
      tokens += length;
    }
    if (tokens > this.maxBatchTokens) {
      throw new RangeError(`the batch has ${tokens} tokens, more than ${this.maxBatchTokens}`);
    }
  }
}

function tokensOf(batch: readonly EncodedPair[]): number {
  return batch.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
}
