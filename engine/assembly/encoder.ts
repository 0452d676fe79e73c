import { attend } from "./attention";
import { embed_f32_i8 } from "./kernels/embed";
import { gelu_f32 } from "./kernels/gelu";
import { layer_norm_f32 } from "./kernels/layer-norm";
import { linear_f32 } from "./kernels/linear";
import { ACTIVATION_MAX, matmul_f32_i16_i8 } from "./kernels/matmul";
import { quantize_i16_f32 } from "./kernels/quantize";
import { tanh_f32 } from "./kernels/tanh";
import { Batch, Layer, Model, Workspace } from "./layout";

/**
 * The whole BERT encoder and its classification head, of sequences or of tokens (Devlin et al. 2019, https://arxiv.org/abs/1810.04805), one call a ragged
 * batch, or one a layer. Every row is computed from its own sequence alone and in the same order of operations whatever the batch, so a pair's
 * logits do not depend on its neighbours.
 */

/** Tokens taken through the feed-forward network at a time, whole tiles: 66 rows of 1,536 fit the L2 cache beside the weights. */
export const FEED_FORWARD_ROWS: usize = 66;

export function encode(model: Model, workspace: Workspace, batch: Batch): void {
  for (let i: usize = 0; i < model.numLayers; ++i) encodeStep(model, workspace, batch, i);
}

/**
 * One layer of {@link encode}, with the embedding before the first and the classification head after the last. From step to step only
 * `w.hidden`, f32 [tokens, hiddenSize], must be kept: all else in the workspace is written before it is read.
 */
export function encodeStep(model: Model, workspace: Workspace, batch: Batch, index: usize): void {
  if (index == 0) embed(model, workspace, batch);
  const layer = changetype<Layer>(model.layers + index * offsetof<Layer>());
  if (index + 1 < model.numLayers) {
    encodeLayer(model, layer, workspace, batch);
  } else if (model.poolerWeights == 0) {
    encodeLayer(model, layer, workspace, batch);
    classifyTokens(model, workspace, batch);
  } else {
    encodeLastLayer(model, layer, workspace, batch);
    classify(model, workspace, batch);
  }
}

function numTokens(batch: Batch): usize {
  return load<u32>(batch.starts + (batch.size << 2));
}

function sequenceStart(batch: Batch, sequence: usize): usize {
  return load<u32>(batch.starts + (sequence << 2));
}

function embed(model: Model, w: Workspace, batch: Batch): void {
  const hiddenSize = model.hiddenSize;
  for (let s: usize = 0; s < batch.size; ++s) {
    const start = sequenceStart(batch, s);
    embed_f32_i8(
      w.hidden + ((start * hiddenSize) << 2),
      batch.inputIds + (start << 2),
      batch.tokenTypeIds + start,
      model.wordRows,
      model.wordScales,
      model.tokenTypeRows,
      model.tokenTypeScales,
      model.positionRows,
      model.positionScales,
      sequenceStart(batch, s + 1) - start,
      hiddenSize,
    );
  }
  layer_norm_f32(
    w.hidden,
    w.hidden,
    0,
    model.embeddingNormWeight,
    model.embeddingNormBias,
    numTokens(batch),
    hiddenSize,
    model.layerNormEps,
  );
}

/** A layer for every token: `w.hidden` [tokens, hiddenSize] in and out. */
function encodeLayer(model: Model, layer: Layer, w: Workspace, batch: Batch): void {
  const hiddenSize = model.hiddenSize;
  const stride = hiddenSize * 3;
  const tokens = numTokens(batch);
  const queries = w.queryKeyValue;
  quantize_i16_f32(w.quantized, w.quantizedScales, w.hidden, hiddenSize, tokens, hiddenSize, ACTIVATION_MAX);
  project(model, layer, w, tokens, 0, stride);
  for (let s: usize = 0; s < batch.size; ++s) {
    const start = sequenceStart(batch, s);
    const length = sequenceStart(batch, s + 1) - start;
    const rows = queries + ((start * stride) << 2);
    attend(
      w.context + ((start * hiddenSize) << 2),
      rows,
      stride,
      length,
      rows + (hiddenSize << 2),
      rows + (hiddenSize << 3),
      stride,
      length,
      model.numHeads,
      hiddenSize / model.numHeads,
      w,
    );
  }
  finishLayer(model, layer, w, tokens);
}

/**
 * The last layer of a model that reads only [CLS], the first token of each sequence: keys and values for every token, all else
 * for that one. `w.hidden` [tokens, hiddenSize] in, [batch size, hiddenSize] out.
 */
function encodeLastLayer(model: Model, layer: Layer, w: Workspace, batch: Batch): void {
  const hiddenSize = model.hiddenSize;
  const stride = hiddenSize * 3;
  const rowBytes = hiddenSize << 2;
  const tokens = numTokens(batch);
  quantize_i16_f32(w.quantized, w.quantizedScales, w.hidden, hiddenSize, tokens, hiddenSize, ACTIVATION_MAX);
  project(model, layer, w, tokens, hiddenSize, hiddenSize * 2);
  // Rows move towards the front only, in order: nothing is overwritten before it was read.
  for (let s: usize = 0; s < batch.size; ++s) {
    memory.copy(w.hidden + s * rowBytes, w.hidden + sequenceStart(batch, s) * rowBytes, rowBytes);
  }
  quantize_i16_f32(w.quantized, w.quantizedScales, w.hidden, hiddenSize, batch.size, hiddenSize, ACTIVATION_MAX);
  project(model, layer, w, batch.size, 0, hiddenSize);
  for (let s: usize = 0; s < batch.size; ++s) {
    const start = sequenceStart(batch, s);
    const rows = w.queryKeyValue + ((start * stride) << 2);
    attend(
      w.context + s * rowBytes,
      w.queryKeyValue + ((s * stride) << 2),
      stride,
      1,
      rows + rowBytes,
      rows + rowBytes * 2,
      stride,
      sequenceStart(batch, s + 1) - start,
      model.numHeads,
      hiddenSize / model.numHeads,
      w,
    );
  }
  finishLayer(model, layer, w, batch.size);
}

/** Columns `first` … `first + cols` of query, key and value of the quantized rows, in their place in `w.queryKeyValue`. */
function project(model: Model, layer: Layer, w: Workspace, rows: usize, first: usize, cols: usize): void {
  const hiddenSize = model.hiddenSize;
  matmul_f32_i16_i8(
    w.queryKeyValue + (first << 2),
    hiddenSize * 3,
    w.quantized,
    layer.queryKeyValueWeights + first * hiddenSize,
    w.quantizedScales,
    layer.queryKeyValueScales + (first << 2),
    layer.queryKeyValueBiases + (first << 2),
    rows,
    cols,
    hiddenSize,
    w.productScratch,
  );
}

/** Attention's output product, the feed-forward network and both layer normalisations, of `rows` rows of context and hidden. */
function finishLayer(model: Model, layer: Layer, w: Workspace, rows: usize): void {
  const hiddenSize = model.hiddenSize;
  const intermediateSize = model.intermediateSize;
  quantize_i16_f32(w.quantized, w.quantizedScales, w.context, hiddenSize, rows, hiddenSize, ACTIVATION_MAX);
  matmul_f32_i16_i8(
    w.context,
    hiddenSize,
    w.quantized,
    layer.attentionOutputWeights,
    w.quantizedScales,
    layer.attentionOutputScales,
    layer.attentionOutputBiases,
    rows,
    hiddenSize,
    hiddenSize,
    w.productScratch,
  );
  layer_norm_f32(
    w.hidden,
    w.context,
    w.hidden,
    layer.attentionNormWeight,
    layer.attentionNormBias,
    rows,
    hiddenSize,
    model.layerNormEps,
  );
  quantize_i16_f32(w.quantized, w.quantizedScales, w.hidden, hiddenSize, rows, hiddenSize, ACTIVATION_MAX);
  for (let row: usize = 0; row < rows; row += FEED_FORWARD_ROWS) {
    const count = min(FEED_FORWARD_ROWS, rows - row);
    matmul_f32_i16_i8(
      w.intermediate,
      intermediateSize,
      w.quantized + ((row * hiddenSize) << 1),
      layer.intermediateWeights,
      w.quantizedScales + (row << 2),
      layer.intermediateScales,
      layer.intermediateBiases,
      count,
      intermediateSize,
      hiddenSize,
      w.productScratch,
    );
    // Tile by tile: what GELU leaves is still in the L1 cache when it is quantized.
    for (let r: usize = 0; r < count; r += 3) {
      const tile = w.intermediate + ((r * intermediateSize) << 2);
      const tileRows = min<usize>(3, count - r);
      gelu_f32(tile, tileRows * intermediateSize);
      quantize_i16_f32(
        w.intermediateQuantized + ((r * intermediateSize) << 1),
        w.intermediateScales + (r << 2),
        tile,
        intermediateSize,
        tileRows,
        intermediateSize,
        ACTIVATION_MAX,
      );
    }
    matmul_f32_i16_i8(
      w.context + ((row * hiddenSize) << 2),
      hiddenSize,
      w.intermediateQuantized,
      layer.outputWeights,
      w.intermediateScales,
      layer.outputScales,
      layer.outputBiases,
      count,
      hiddenSize,
      intermediateSize,
      w.productScratch,
    );
  }
  layer_norm_f32(
    w.hidden,
    w.context,
    w.hidden,
    layer.outputNormWeight,
    layer.outputNormBias,
    rows,
    hiddenSize,
    model.layerNormEps,
  );
}

/** Pooler and classifier over the [CLS] rows, which the last layer left at the front of `w.hidden`. */
function classify(model: Model, w: Workspace, batch: Batch): void {
  const hiddenSize = model.hiddenSize;
  quantize_i16_f32(
    w.quantized,
    w.quantizedScales,
    w.hidden,
    hiddenSize,
    batch.size,
    hiddenSize,
    ACTIVATION_MAX,
  );
  matmul_f32_i16_i8(
    w.context,
    hiddenSize,
    w.quantized,
    model.poolerWeights,
    w.quantizedScales,
    model.poolerScales,
    model.poolerBiases,
    batch.size,
    hiddenSize,
    hiddenSize,
    w.productScratch,
  );
  tanh_f32(w.context, batch.size * hiddenSize);
  linear_f32(
    batch.logits,
    w.context,
    model.classifierWeights,
    model.classifierBiases,
    batch.size,
    model.numLabels,
    hiddenSize,
  );
}

/** Classifier over every token's row of `w.hidden`, without a pooler. */
function classifyTokens(model: Model, w: Workspace, batch: Batch): void {
  linear_f32(
    batch.logits,
    w.hidden,
    model.classifierWeights,
    model.classifierBiases,
    numTokens(batch),
    model.numLabels,
    model.hiddenSize,
  );
}
