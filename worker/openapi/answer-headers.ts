/** Headers of answers, with what they mean. */

export const SCORING_HEADERS: Readonly<Record<string, string>> = {
  "x-rerank-model": "Name of the model that scored.",
  "x-rerank-served-by":
    "edge: computed in this Worker; backend: by the backend; none: by nobody, as fail_open allows.",
  "x-rerank-route-reason": "Why there, in one word: docs/api.md lists them.",
  "x-rerank-tokens": "Tokens the model read, special ones included.",
  "x-rerank-truncated":
    "Documents or rows that did not fit the model's window; absent if a backend scored any.",
};

/** Of answers with scores where the operator keeps scores. */
export const CACHE_HEADERS: Readonly<Record<string, string>> = {
  "x-rerank-cache": "Pairs whose score was kept from before, and those that were computed.",
};

/** Of some rankings. */
export const RARE_RANKING_HEADERS: Readonly<Record<string, string>> = {
  ...CACHE_HEADERS,
  "x-rerank-reranked": "false: the documents are unranked, as fail_open allows; else absent.",
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

/** Of every answer to a key with limits. */
export const QUOTA_HEADERS: Readonly<Record<string, string>> = {
  "ratelimit-policy": "What the key may use: docs/limits.md.",
  ratelimit: "What is left of it, and for how many seconds.",
};
