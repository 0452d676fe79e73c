import { softmax } from "./softmax.ts";

/**
 * Multi-head attention of one sequence, every token seeing every other: `softmax(q · kᵀ / √headSize) · v` in each head.
 *
 * @param q - `[seq, hidden]`; head h owns the columns `[h · headSize, (h + 1) · headSize)` of all four arrays
 * @param k - `[seq, hidden]`
 * @param v - `[seq, hidden]`
 * @returns `[seq, hidden]`
 */
export function attention(
  q: ArrayLike<number>,
  k: ArrayLike<number>,
  v: ArrayLike<number>,
  hidden: number,
  numHeads: number,
): Float64Array {
  const seq = q.length / hidden;
  const headSize = hidden / numHeads;
  const context = new Float64Array(seq * hidden);
  for (let column = 0; column < hidden; column += headSize) {
    const scores = new Float64Array(seq * seq);
    for (let query = 0; query < seq; query++) {
      for (let key = 0; key < seq; key++) {
        let product = 0;
        for (let i = column; i < column + headSize; i++)
          product += q[query * hidden + i]! * k[key * hidden + i]!;
        scores[query * seq + key] = product / Math.sqrt(headSize);
      }
    }
    const probabilities = softmax(scores, seq);
    for (let query = 0; query < seq; query++) {
      for (let i = column; i < column + headSize; i++) {
        let sum = 0;
        for (let key = 0; key < seq; key++)
          sum += probabilities[query * seq + key]! * v[key * hidden + i]!;
        context[query * hidden + i] = sum;
      }
    }
  }
  return context;
}
