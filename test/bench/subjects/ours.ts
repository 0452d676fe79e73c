import { planBatches, type EncodedPair } from "../../../engine/index.ts";
import { loadPackedModel } from "../engine-in-node.ts";
import type { Peers } from "../peers/prepare.ts";
import type { Subject } from "../subject.ts";

/** This repository's engine, its module compiled anew. */
export async function start({ packedModel }: Peers): Promise<Subject> {
  const model = await loadPackedModel(packedModel);
  return {
    prepare(input) {
      if (input.kind === "texts") {
        const pairs = input.documents.map((document) => [input.query, document] as const);
        return async () => model.score(pairs);
      }
      const pairs: EncodedPair[] = input.pairs.map(({ inputIds, tokenTypeIds }) => ({
        inputIds: Int32Array.from(inputIds),
        tokenTypeIds: Uint8Array.from(tokenTypeIds),
        queryTokensCut: 0,
        documentTokensCut: 0,
      }));
      const lengths = pairs.map(({ inputIds }) => inputIds.length);
      return async () =>
        planBatches(lengths, model.maxBatchTokens).flatMap((batch) =>
          Array.from(model.logits(batch.map((index) => pairs[index]!))),
        );
    },
  };
}
