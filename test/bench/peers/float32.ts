import type { PairTokenizer } from "../../../engine/index.ts";
import { startOnnx } from "./onnx-subject.ts";
import type { Peers } from "./prepare.ts";

/**
 * The reference: float32 by native onnxruntime, pair by pair, so that nothing is padded.
 *
 * Token ids are our tokenizer's, which the tests hold equal to Python's `tokenizers`. Those of transformers.js 4.3.1 will not do: of a
 * pair over the window it cuts off the last [SEP].
 */
export async function float32Scorer(
  { float32 }: Peers,
  tokenizer: PairTokenizer,
): Promise<(query: string, documents: readonly string[]) => Promise<number[]>> {
  const subject = await startOnnx("onnxruntime-node", float32);
  return async (query, documents) => {
    const logits: number[] = [];
    for (const document of documents) {
      const pair = tokenizer.pair(tokenizer.encode(query), tokenizer.encode(document));
      const inputIds = Array.from(pair.inputIds);
      const tokenTypeIds = Array.from(pair.tokenTypeIds);
      const score = subject.prepare({ kind: "tokens", pairs: [{ inputIds, tokenTypeIds }] });
      logits.push(...Array.from(await score()));
    }
    return logits;
  };
}
