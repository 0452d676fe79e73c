import type { Arena } from "./arena.ts";
import type { Architecture } from "./manifest.ts";

/** Where a batch is written for the encoder and read back; byte offsets. `record` is `Batch` of `assembly/layout.ts`. */
export interface BatchRegions {
  record: number;
  /** u32 [maxBatchTokens + 1]. */
  starts: number;
  /** i32 [maxBatchTokens]. */
  inputIds: number;
  /** u8 [maxBatchTokens]. */
  tokenTypeIds: number;
  /** f32 [rows, labels], with `rows` as given to {@link placeBatch}. */
  logits: number;
}

/** Rows that the encoder takes at a time, as its module declares them. */
export interface BlockRows {
  feedForward: number;
  attention: number;
}

/**
 * Places the scratch memory of one encoder call.
 *
 * @param maxBatchTokens Most tokens of a batch: bounds every region.
 * @returns The fields of `Workspace` in `assembly/layout.ts`, in its order.
 */
export function placeWorkspace(
  arena: Arena,
  architecture: Architecture,
  maxBatchTokens: number,
  blockRows: BlockRows,
): number[] {
  const { hiddenSize, intermediateSize, numHeads, maxSeqLength } = architecture;
  const headSize = hiddenSize / numHeads;
  const paddedLength = Math.ceil(maxSeqLength / 8) * 8;
  const f32 = (...axes: number[]): number => arena.place(4 * product(axes));
  const i16 = (...axes: number[]): number => arena.place(2 * product(axes));
  /** Activations in whole tiles of three rows. */
  const tiles = (rows: number, cols: number): number => i16(Math.ceil(rows / 3) * 3, cols);
  return [
    /* hidden */ f32(maxBatchTokens, hiddenSize),
    /* quantized */ tiles(maxBatchTokens, hiddenSize),
    /* quantizedScales */ f32(maxBatchTokens),
    /* queryKeyValue */ f32(maxBatchTokens, 3, hiddenSize),
    /* context */ f32(maxBatchTokens, hiddenSize),
    /* intermediate */ f32(blockRows.feedForward, intermediateSize),
    /* intermediateQuantized */ tiles(blockRows.feedForward, intermediateSize),
    /* intermediateScales */ f32(blockRows.feedForward),
    /* productScratch */ arena.place(8192 + 4 * (Math.ceil(maxBatchTokens / 3) * 3 + 1)),
    /* headQueries */ tiles(maxSeqLength, headSize),
    /* headQueryScales */ f32(maxSeqLength),
    /* headKeys */ i16(paddedLength, headSize),
    /* headKeyScales */ f32(paddedLength),
    /* headValues */ i16(paddedLength, headSize),
    /* headValueScales */ f32(headSize),
    /* attentionScores */ f32(blockRows.attention, paddedLength),
    /* probabilities */ tiles(blockRows.attention, paddedLength),
    /* probabilityScales */ f32(blockRows.attention),
  ];
}

/**
 * Places the inputs and outputs of one encoder call.
 *
 * @param rows Most rows of logits: one a sequence, or one a token.
 */
export function placeBatch(
  arena: Arena,
  maxBatchTokens: number,
  rows: number,
  labels: number,
): BatchRegions {
  return {
    record: arena.place(5 * 4),
    starts: arena.place(4 * (maxBatchTokens + 1)),
    inputIds: arena.place(4 * maxBatchTokens),
    tokenTypeIds: arena.place(maxBatchTokens),
    logits: arena.place(4 * labels * rows),
  };
}

function product(axes: readonly number[]): number {
  return axes.reduce((a, b) => a * b, 1);
}
