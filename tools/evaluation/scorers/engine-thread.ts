/** A thread with an engine of its own: texts in, logits, labels or tags out. Started by `engine-threads.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import {
  loadCrossEncoder,
  PairTokenizer,
  planBatches,
  type CrossEncoder,
  type EncodedPair,
  type PackedModel,
} from "../../../engine/index.ts";
import { sentenceText, tokenTags } from "../classification/token-tags.ts";

export interface ThreadData {
  module: WebAssembly.Module;
  model: PackedModel;
  /** Window of query and document, or of a text, special tokens included. */
  maxTokens: number;
}

export type ThreadRequest =
  | { kind: "score"; query: string; documents: readonly string[] }
  | { kind: "label"; texts: readonly string[] }
  | { kind: "tag"; sentences: readonly (readonly string[])[] };

/** The answer to a request has its kind and as many values as there are documents, texts or sentences. */
export type ThreadAnswer =
  | { kind: "ready" }
  | { kind: "score"; logits: number[]; latencyMs: number }
  | { kind: "label"; labels: string[] }
  | { kind: "tag"; tags: string[][] }
  /** A logit was NaN or infinite. */
  | { kind: "not-finite" }
  | { kind: "failed"; message: string };

const { module, model, maxTokens } = workerData as ThreadData;

try {
  const encoder = await loadCrossEncoder(module, model);
  const tokenizer = new PairTokenizer(model.tokenizer, maxTokens);
  parentPort!.on("message", (request: ThreadRequest) => answer(reply(encoder, tokenizer, request)));
  answer({ kind: "ready" });
} catch (error) {
  answer({ kind: "failed", message: (error as Error).message });
}

function reply(
  encoder: CrossEncoder,
  tokenizer: PairTokenizer,
  request: ThreadRequest,
): ThreadAnswer {
  const started = performance.now();
  const { labels } = encoder.manifest.head;
  switch (request.kind) {
    case "score": {
      const queryIds = tokenizer.encode(request.query);
      const logits = logitsOf(
        encoder,
        request.documents.map((document) => tokenizer.pair(queryIds, tokenizer.encode(document))),
      );
      if (!logits) return { kind: "not-finite" };
      return {
        kind: "score",
        logits: logits.map(([logit]) => logit!),
        latencyMs: performance.now() - started,
      };
    }
    case "label": {
      const logits = logitsOf(
        encoder,
        request.texts.map((text) => tokenizer.pair(tokenizer.encode(text), null)),
      );
      if (!logits) return { kind: "not-finite" };
      return { kind: "label", labels: logits.map((own) => labels[greatest(own)]!) };
    }
    case "tag": {
      const aligned = request.sentences.map((tokens) => tokenizer.align(sentenceText(tokens)));
      const logits = logitsOf(
        encoder,
        aligned.map(({ ids }) => tokenizer.pair(Int32Array.from(ids), null)),
      );
      if (!logits) return { kind: "not-finite" };
      const tags = request.sentences.map((tokens, index) => {
        const pieces = aligned[index]!.starts.map((start, piece) => {
          // The first row is that of [CLS].
          const row = (piece + 1) * labels.length;
          return {
            start,
            tag: labels[greatest(logits[index]!.subarray(row, row + labels.length))]!,
          };
        });
        return tokenTags(tokens, pieces, ({ length }) => length);
      });
      return { kind: "tag", tags };
    }
  }
}

/** Of each input its own logits, [labels] or of a token classifier [tokens, labels]; undefined if one is not finite. */
function logitsOf(
  encoder: CrossEncoder,
  inputs: readonly EncodedPair[],
): Float32Array[] | undefined {
  const { kind, labels } = encoder.manifest.head;
  const lengths = inputs.map(({ inputIds }) => inputIds.length);
  const all: Float32Array[] = [];
  for (const batch of planBatches(lengths, encoder.maxBatchTokens)) {
    const logits = encoder.logits(batch.map((index) => inputs[index]!));
    if (!logits.every(Number.isFinite)) return undefined;
    let begin = 0;
    for (const index of batch) {
      const rows = kind === "token-classification" ? lengths[index]! : 1;
      const end = begin + rows * labels.length;
      all.push(logits.subarray(begin, end));
      begin = end;
    }
  }
  return all;
}

/** Index of the greatest value, of equal ones the first. */
function greatest(values: Float32Array): number {
  return values.indexOf(Math.max(...values));
}

function answer(message: ThreadAnswer): void {
  parentPort!.postMessage(message);
}
