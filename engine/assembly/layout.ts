/**
 * The records through which the binding (`engine/memory.ts`) hands the encoder its model, its workspace and a batch: 32-bit
 * fields in the order declared here. Pointers are byte offsets into the module's memory, multiples of 16. Weights are in blocks
 * of eight columns, int16 activations in tiles of three rows, as `kernels/matmul.ts` defines them; the other arrays are row-major.
 */

/** One transformer layer. Weights int8 in blocks, everything else f32; `queryKeyValue` has 3 · hiddenSize outputs. */
@unmanaged
export class Layer {
  queryKeyValueWeights: usize;
  queryKeyValueScales: usize;
  queryKeyValueBiases: usize;
  attentionOutputWeights: usize;
  attentionOutputScales: usize;
  attentionOutputBiases: usize;
  attentionNormWeight: usize;
  attentionNormBias: usize;
  intermediateWeights: usize;
  intermediateScales: usize;
  intermediateBiases: usize;
  outputWeights: usize;
  outputScales: usize;
  outputBiases: usize;
  outputNormWeight: usize;
  outputNormBias: usize;
}

@unmanaged
export class Model {
  hiddenSize: usize;
  numLayers: usize;
  numHeads: usize;
  intermediateSize: usize;
  numLabels: usize;
  layerNormEps: f32;
  /** Embedding tables: int8 [entries, hiddenSize] and f32 scales [entries]. */
  wordRows: usize;
  wordScales: usize;
  positionRows: usize;
  positionScales: usize;
  tokenTypeRows: usize;
  tokenTypeScales: usize;
  embeddingNormWeight: usize;
  embeddingNormBias: usize;
  /** numLayers records of {@link Layer}, one after the other. */
  layers: usize;
  /** The three are 0 in a model without pooler, which classifies every token. */
  poolerWeights: usize;
  poolerScales: usize;
  poolerBiases: usize;
  /** f32 [numLabels, hiddenSize] and f32 [numLabels]. */
  classifierWeights: usize;
  classifierBiases: usize;
}

/**
 * Scratch memory of one call. T: tokens of the batch, H: hiddenSize, L: longest sequence, D: headSize, all at their greatest;
 * "padded" means rounded up to a multiple of 8; the
 * int16 arrays of activations hold whole tiles of three rows.
 */
@unmanaged
export class Workspace {
  /** f32 [T, H]: the residual stream. */
  hidden: usize;
  /** int16 [T, H] and f32 [T]: what a product reads. */
  quantized: usize;
  quantizedScales: usize;
  /** f32 [T, 3H]: query, key, value side by side. */
  queryKeyValue: usize;
  /** f32 [T, H]: attention's context, then the output of a product before its residual. */
  context: usize;
  /** f32 [FEED_FORWARD_ROWS, intermediateSize], the same in int16, f32 [FEED_FORWARD_ROWS]. */
  intermediate: usize;
  intermediateQuantized: usize;
  intermediateScales: usize;
  /** What a product needs besides its operands: see `matmul_f32_i16_i8`, for T rows. */
  productScratch: usize;
  /** One head: int16 [L, D] and f32 [L]. */
  headQueries: usize;
  headQueryScales: usize;
  /** One head, in blocks: int16 [padded L, D] and f32 [padded L]. */
  headKeys: usize;
  headKeyScales: usize;
  /** One head, in blocks: int16 [padded L, D] and f32 [D]. */
  headValues: usize;
  headValueScales: usize;
  /** f32 [ATTENTION_ROWS, padded L], int16 [ATTENTION_ROWS, padded L], f32 [ATTENTION_ROWS]. */
  attentionScores: usize;
  probabilities: usize;
  probabilityScales: usize;
}

/** A ragged batch: sequences one after the other, without padding. */
@unmanaged
export class Batch {
  /** Sequences in the batch, at least 1. */
  size: usize;
  /** i32 [size + 1]: where each sequence starts; the last entry is the number of tokens. */
  starts: usize;
  /** i32 [tokens], u8 [tokens]. */
  inputIds: usize;
  tokenTypeIds: usize;
  /** Result: f32 [size, numLabels], or [tokens, numLabels] of a model without pooler. */
  logits: usize;
}
