/** Headers of answers, with what they mean. */

export const SCORING_HEADERS: Readonly<Record<string, string>> = {
  "x-rerank-model": "Name of the model that scored.",
  "x-rerank-served-by": "edge: computed in this Worker.",
  "x-rerank-tokens": "Tokens the model read, special ones included.",
  "x-rerank-truncated": "Documents or rows that did not fit the model's window.",
};

export const TEI_HEADERS: Readonly<Record<string, string>> = {
  ...SCORING_HEADERS,
  "x-compute-type": "cpu.",
  "x-compute-time": "Milliseconds, as x-total-time.",
  "x-compute-characters": "Code points of all texts.",
  "x-compute-tokens": "Tokens computed.",
  "x-total-time": "Milliseconds from the end of the body to the answer.",
  "x-tokenization-time": "Milliseconds.",
  "x-queue-time": "Milliseconds.",
  "x-inference-time": "Milliseconds.",
};
