/** An embedding that needs no model: how often words fall into each of 64 buckets. */
import type { EmbeddingModelV4 } from "@ai-sdk/provider";

const BUCKETS = 64;

function embed(text: string): number[] {
  const counts = Array.from({ length: BUCKETS }, () => 0);
  for (const word of text.toLowerCase().match(/\w+/g) ?? []) {
    let hash = 0;
    for (const letter of word) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
    counts[hash % BUCKETS]! += 1;
  }
  return counts;
}

/** For what takes a model of the AI SDK. */
export const wordCounts: EmbeddingModelV4 = {
  specificationVersion: "v4",
  provider: "test",
  modelId: "word-counts",
  maxEmbeddingsPerCall: undefined,
  supportsParallelCalls: true,
  doEmbed: async ({ values }) => ({ embeddings: values.map(embed), warnings: [] }),
};
