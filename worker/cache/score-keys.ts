import type { TextPair } from "../encode-pairs.ts";
import type { FitOptions } from "../../engine/fit-pair.ts";

/** Raised by any change after which the same scorer gives another score or an entry means something else. */
const VERSION = "rerank-score/1";

/** What scores depend on, and who may see them. */
export interface ScoreOrigin {
  /** Who scores: for the edge the digest of the model's weights, for a backend its id and the name of its model. */
  scorer: string;
  /** What {@link callerScope} gives. */
  scope: string;
  fit: FitOptions;
  /** With a null document: a text by itself. */
  pairs: readonly TextPair[];
}

/**
 * Names under which the scores of pairs are cached: 64 lower-case hex digits a pair, in their order, from which no text can be read.
 * Two keys are equal only if scorer, scope, every option of `fit`, query and document are, texts compared by their UTF-16 units.
 *
 * Nothing secret goes in but the caller's keys: who knows everything else of a caller without a key can work out its cache keys, and
 * needs access to the store itself to make use of them.
 */
export async function scoreKeys({ scorer, scope, fit, pairs }: ScoreOrigin): Promise<string[]> {
  // As texts, since JSON has no Infinity.
  const options = Object.entries(fit)
    .map(([name, value]) => [name, String(value)])
    .sort();
  const keys: Promise<string>[] = [];
  let query: string | undefined;
  let shared = "";
  for (const pair of pairs) {
    if (pair.query !== query) {
      query = pair.query;
      shared = await sha256(JSON.stringify([VERSION, scorer, scope, options, query]));
    }
    // JSON tells null from "" and, by its escapes, lone surrogates from one another, all of which UTF-8 would replace alike.
    keys.push(sha256(shared + JSON.stringify(pair.document)));
  }
  return Promise.all(keys);
}

const encoder = new TextEncoder();

/** In hex. */
async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
