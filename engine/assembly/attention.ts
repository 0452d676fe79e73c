import { LOG2_E } from "./kernels/exp";
import { interleave_keys_i16_f32, interleave_values_i16_f32 } from "./kernels/interleave";
import { matmul_f32_i16_i16 } from "./kernels/matmul";
import { quantize_i16_f32 } from "./kernels/quantize";
import { PROBABILITY_MAX, softmax_i16_f32 } from "./kernels/softmax";
import { Workspace } from "./layout";

/** Query rows taken through scores, softmax and context at a time, whole tiles: scores of 128 keys are 12 KB and stay in the L1 cache. */
export const ATTENTION_ROWS: usize = 24;

/** Greatest int32 sum, less what rounding its quotient to f32 may add. */
const I32_MAX: usize = 2147483000;

/**
 * Scaled dot-product attention of one sequence (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762), head by head, with int16
 * products: queries and keys have one scale a token and head, values one a sequence and head, so nothing depends on neighbours
 * in the batch. Scores come in units of ln 2, for a softmax in powers of two.
 *
 * `context`: f32 [queryRows, hiddenSize], dense. `queries`, `keys`, `values`: f32 rows `queryStride` and `stride` elements apart;
 * `queryRows` rows of the first, `length` of the others.
 */
export function attend(
  context: usize,
  queries: usize,
  queryStride: usize,
  queryRows: usize,
  keys: usize,
  values: usize,
  stride: usize,
  length: usize,
  numHeads: usize,
  headSize: usize,
  workspace: Workspace,
): void {
  // |Σ q · k| ≤ headSize · max², and that must fit int32; 2 · max must fit int16.
  const max = min<f32>(16383, floor<f32>(sqrt<f32>(<f32>(I32_MAX / headSize))));
  const scoreFactor: f32 = LOG2_E / sqrt<f32>(<f32>headSize);
  const paddedLength = (length + 7) & ~7;
  const hiddenSize = numHeads * headSize;
  for (let head: usize = 0; head < numHeads; ++head) {
    const offset = (head * headSize) << 2;
    const w = workspace;
    quantize_i16_f32(
      w.headQueries,
      w.headQueryScales,
      queries + offset,
      queryStride,
      queryRows,
      headSize,
      max,
    );
    interleave_keys_i16_f32(
      w.headKeys,
      w.headKeyScales,
      keys + offset,
      stride,
      length,
      headSize,
      max,
      scoreFactor,
    );
    interleave_values_i16_f32(
      w.headValues,
      w.headValueScales,
      values + offset,
      stride,
      length,
      headSize,
      PROBABILITY_MAX,
    );
    for (let row: usize = 0; row < queryRows; row += ATTENTION_ROWS) {
      const rows = min(ATTENTION_ROWS, queryRows - row);
      matmul_f32_i16_i16(
        w.attentionScores,
        paddedLength,
        w.headQueries + ((row * headSize) << 1),
        w.headKeys,
        w.headQueryScales + (row << 2),
        w.headKeyScales,
        rows,
        paddedLength,
        headSize,
        w.productScratch,
      );
      softmax_i16_f32(
        w.probabilities,
        w.probabilityScales,
        w.attentionScores,
        rows,
        length,
      );
      matmul_f32_i16_i16(
        context + ((row * hiddenSize) << 2) + offset,
        hiddenSize,
        w.probabilities,
        w.headValues,
        w.probabilityScales,
        w.headValueScales,
        rows,
        headSize,
        paddedLength,
        w.productScratch,
      );
    }
  }
}
