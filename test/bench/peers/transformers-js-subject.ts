import { basename, dirname } from "node:path";
import type { Subject } from "../subject.ts";
import { SESSION_OPTIONS } from "./onnxruntime.ts";
import type { Peers } from "./prepare.ts";

/** transformers.js in q8 as its users have it, given groups of documents: pairs tokenized and padded to the longest, then the model. */
export async function startTransformersJs(
  { checkpoint }: Peers,
  device: "cpu" | "auto",
): Promise<Subject> {
  const { AutoModelForSequenceClassification, AutoTokenizer, env } =
    await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  env.localModelPath = dirname(checkpoint);
  const name = basename(checkpoint);
  const tokenizer = await AutoTokenizer.from_pretrained(name);
  const model = await AutoModelForSequenceClassification.from_pretrained(name, {
    device,
    dtype: "q8",
    session_options: SESSION_OPTIONS as object,
  });
  const score = async (query: string, documents: string[]): Promise<Float32Array> => {
    const inputs: unknown = tokenizer(
      documents.map(() => query),
      { text_pair: documents, padding: true, truncation: true },
    );
    const { logits } = (await model(inputs)) as { logits: { data: Float32Array } };
    return logits.data;
  };
  return {
    prepare(input) {
      if (input.kind === "tokens") throw new Error("transformers.js takes texts");
      const { query, documents, groupSize } = input;
      return async () => {
        const logits: number[] = [];
        for (let start = 0; start < documents.length; start += groupSize) {
          logits.push(...(await score(query, documents.slice(start, start + groupSize))));
        }
        return logits;
      };
    },
  };
}
