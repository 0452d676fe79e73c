import { basename, dirname } from "node:path";
import type { Subject } from "../subject.ts";
import { SESSION_OPTIONS } from "./onnxruntime.ts";
import type { Peers } from "./prepare.ts";

/** Logits of documents for a query, as transformers.js's users get them: pairs tokenized and padded to the longest, then the model. */
export type TextScorer = (query: string, documents: string[]) => Promise<number[]>;

/** @param device - "auto" takes the runtime that its host brings, "cpu" the native one. */
export async function loadTransformersJs(
  { checkpoint }: Peers,
  device: "cpu" | "auto",
  dtype: "q8" | "fp32",
): Promise<TextScorer> {
  const { AutoModelForSequenceClassification, AutoTokenizer, env } =
    await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  env.localModelPath = dirname(checkpoint);
  const name = basename(checkpoint);
  const tokenizer = await AutoTokenizer.from_pretrained(name);
  const model = await AutoModelForSequenceClassification.from_pretrained(name, {
    device,
    dtype,
    session_options: SESSION_OPTIONS as object,
  });
  return async (query, documents) => {
    const inputs: unknown = tokenizer(
      documents.map(() => query),
      { text_pair: documents, padding: true, truncation: true },
    );
    const { logits } = (await model(inputs)) as { logits: { data: Float32Array } };
    return Array.from(logits.data);
  };
}

/** transformers.js in q8, given groups of documents. */
export async function startTransformersJs(peers: Peers, device: "cpu" | "auto"): Promise<Subject> {
  const score = await loadTransformersJs(peers, device, "q8");
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
