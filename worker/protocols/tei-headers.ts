/** The headers in which Text Embeddings Inference says what an answer took. Pure. */
import type { StageTimes } from "../stage-times.ts";

/** What an answer took. */
export interface TeiWork {
  times: StageTimes;
  /** Code points of all texts, a query once for each of its documents. */
  characters: number;
  /** Tokens computed, special ones included. */
  tokens: number;
}

/**
 * TEI's eight headers, times in whole milliseconds.
 *
 * `x-compute-type` is `cpu` where TEI says `gpu+optimized`. Times are of the whole request, where TEI gives a batch's mean over its texts:
 * here the texts of a request wait and are computed together. In production a stage that never waits may show 0.
 * @see router/src/lib.rs, ResponseMetadata, of text-embeddings-inference 1.9
 */
export function teiHeaders({ times, characters, tokens }: TeiWork): Record<string, string> {
  const total = whole(times.totalMs);
  return {
    "x-compute-type": "cpu",
    "x-compute-time": total,
    "x-compute-characters": String(characters),
    "x-compute-tokens": String(tokens),
    "x-total-time": total,
    "x-tokenization-time": whole(times.tokenizationMs),
    "x-queue-time": whole(times.queueMs),
    "x-inference-time": whole(times.inferenceMs),
  };
}

/** Cut and not rounded, as Rust's `as_millis` does. */
function whole(ms: number): string {
  return String(Math.trunc(ms));
}

/** The tokens that such headers tell; null if they do not. */
export function readComputeTokens(headers: Headers): number | null {
  const tokens = headers.get("x-compute-tokens");
  return tokens !== null && /^\d{1,15}$/.test(tokens) ? Number(tokens) : null;
}
