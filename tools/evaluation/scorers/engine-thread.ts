/** A thread with an engine of its own: a query and its documents in, logits out. Started by `engine-scorer.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import {
  loadCrossEncoder,
  PairTokenizer,
  planBatches,
  type CrossEncoder,
  type PackedModel,
} from "../../../engine/index.ts";

export interface ThreadData {
  module: WebAssembly.Module;
  model: PackedModel;
  /** Window of query and document, special tokens included. */
  maxTokens: number;
}

export interface ThreadRequest {
  query: string;
  documents: readonly string[];
}

export type ThreadAnswer =
  | { kind: "ready" }
  | { kind: "scored"; logits: number[]; latencyMs: number }
  | { kind: "failed"; message: string };

const { module, model, maxTokens } = workerData as ThreadData;

try {
  const encoder = await loadCrossEncoder(module, model);
  const tokenizer = new PairTokenizer(model.tokenizer, maxTokens);
  parentPort!.on("message", (request: ThreadRequest) => {
    const started = performance.now();
    const logits = score(encoder, tokenizer, request);
    answer({ kind: "scored", logits, latencyMs: performance.now() - started });
  });
  answer({ kind: "ready" });
} catch (error) {
  answer({ kind: "failed", message: (error as Error).message });
}

function score(
  encoder: CrossEncoder,
  tokenizer: PairTokenizer,
  { query, documents }: ThreadRequest,
): number[] {
  const queryIds = tokenizer.encode(query);
  const pairs = documents.map((document) => tokenizer.pair(queryIds, tokenizer.encode(document)));
  const lengths = pairs.map(({ inputIds }) => inputIds.length);
  return planBatches(lengths, encoder.maxBatchTokens).flatMap((batch) => [
    ...encoder.logits(batch.map((index) => pairs[index]!)),
  ]);
}

function answer(message: ThreadAnswer): void {
  parentPort!.postMessage(message);
}
