import type { Peers } from "./prepare.ts";
import { loadTransformersJs, type TextScorer } from "./transformers-js-subject.ts";

/**
 * The reference: float32 by native onnxruntime on what transformers.js's tokenizer makes of the texts, both by other people.
 */
export async function float32Scorer(peers: Peers): Promise<TextScorer> {
  const score = await loadTransformersJs(peers, "cpu", "fp32");
  return async (query, documents) => {
    const logits: number[] = [];
    // One by one: nothing is padded.
    for (const document of documents) logits.push(...(await score(query, [document])));
    return logits;
  };
}
