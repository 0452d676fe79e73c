/**
 * The sum of word, position and token type embedding of every token of one sequence, before its LayerNorm.
 *
 * @param inputIds - `[seq]`
 * @param tokenTypeIds - `[seq]`
 * @param words - `[vocabSize, hidden]`
 * @param positions - `[maxSeqLength, hidden]`
 * @param tokenTypes - `[typeVocabSize, hidden]`
 * @returns `[seq, hidden]`
 */
export function embeddings(
  inputIds: ArrayLike<number>,
  tokenTypeIds: ArrayLike<number>,
  words: ArrayLike<number>,
  positions: ArrayLike<number>,
  tokenTypes: ArrayLike<number>,
  hidden: number,
): Float64Array {
  const seq = inputIds.length;
  const sum = new Float64Array(seq * hidden);
  for (let token = 0; token < seq; token++) {
    for (let i = 0; i < hidden; i++) {
      sum[token * hidden + i] =
        words[inputIds[token]! * hidden + i]! +
        positions[token * hidden + i]! +
        tokenTypes[tokenTypeIds[token]! * hidden + i]!;
    }
  }
  return sum;
}
