/**
 * Splits sequences into consecutive batches whose tokens fit one engine call.
 *
 * Order is kept and batches are filled greedily, so the plan depends on the lengths alone.
 * Nothing is padded: a batch costs the sum of its lengths.
 *
 * @param lengths - Tokens of each sequence, special tokens included; each in [0, maxBatchTokens].
 * @param maxBatchTokens - The most tokens of one sequence.
 * @param wantedTokens - The most tokens of a batch of several sequences; at most, and by default, `maxBatchTokens`.
 * @returns Indices into `lengths`, ascending over all batches; every index once, no batch empty.
 * @throws RangeError if one sequence alone exceeds `maxBatchTokens`.
 */
export function planBatches(
  lengths: readonly number[],
  maxBatchTokens: number,
  wantedTokens: number = maxBatchTokens,
): number[][] {
  const batches: number[][] = [];
  let batch: number[] = [];
  let batchTokens = 0;
  for (const [index, length] of lengths.entries()) {
    if (length > maxBatchTokens) {
      throw new RangeError(
        `sequence ${index} has ${length} tokens, a batch holds at most ${maxBatchTokens}`,
      );
    }
    if (batch.length > 0 && batchTokens + length > wantedTokens) {
      batches.push(batch);
      batch = [];
      batchTokens = 0;
    }
    batch.push(index);
    batchTokens += length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
