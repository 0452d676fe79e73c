import type { CrossEncoder } from "../engine/index.ts";
import { fail, ok, type Result } from "./errors.ts";
import { fitPair, type FitOptions, type PairWindow } from "../engine/fit-pair.ts";
import { COUNT_ONLY } from "./routing.ts";
import type { Turns } from "./turns.ts";

/** One thing to score: a document for a query, or a text by itself. */
export interface TextPair {
  query: string;
  /** Null for a single text, which then stands in `query`. */
  document: string | null;
}

/** What the model's window cut off a pair. */
export interface Cut {
  /** Place of the pair in the request, from 0. */
  index: number;
  queryTokens: number;
  documentTokens: number;
}

/** One encoder input of a request. */
export interface EncodedWindow extends PairWindow {
  /** Place of its pair in the request, from 0. */
  index: number;
}

export interface EncodedPairs {
  /** By ascending index; the windows of one document in its order. */
  windows: EncodedWindow[];
  /** Only the pairs that were cut, by ascending index. */
  cuts: Cut[];
}

/**
 * Texts to encoder inputs that fit the model's window. A query that pairs in a row share is tokenized once.
 *
 * @param maxTokens - With more in all, the failure is `over_limit` of maxEdgeTokens: as soon as they are more, but of a request that forbids to
 *   cut only when every pair has been found to fit, and with {@link COUNT_ONLY} when all have been counted.
 */
export async function encodePairs(
  pairs: readonly TextPair[],
  { tokenizer }: Pick<CrossEncoder, "tokenizer">,
  turns: Turns,
  fit: FitOptions,
  maxTokens: number,
): Promise<Result<EncodedPairs>> {
  const countsAll = maxTokens === COUNT_ONLY || fit.longDocuments === "refuse";
  const windows: EncodedWindow[] = [];
  const cuts: Cut[] = [];
  let tokens = 0;
  let sliceChars = 0;
  let query = "";
  let queryIds = tokenizer.encode(query);
  for (const [index, pair] of pairs.entries()) {
    const chars = pair.query.length + (pair.document?.length ?? 0);
    if (sliceChars > 0 && sliceChars + chars > turns.sliceChars) {
      if (!(await turns.next("tokenization"))) return fail({ kind: "client_gone" });
      sliceChars = 0;
    }
    sliceChars += chars;
    if (pair.query !== query) {
      query = pair.query;
      queryIds = tokenizer.encode(query.toWellFormed());
    }
    const documentIds =
      pair.document === null ? null : tokenizer.encode(pair.document.toWellFormed());
    const fitted = fitPair(tokenizer, queryIds, documentIds, fit);
    if (fitted.refusedTokens !== null) {
      const { maxSeqLength: window } = tokenizer;
      return fail({ kind: "over_window", index, tokens: fitted.refusedTokens, window });
    }
    for (const window of fitted.windows) {
      windows.push({ ...window, index });
      tokens += window.input.inputIds.length;
    }
    if (fitted.queryTokensCut > 0 || fitted.documentTokensCut > 0) {
      const { queryTokensCut: queryTokens, documentTokensCut: documentTokens } = fitted;
      cuts.push({ index, queryTokens, documentTokens });
    }
    const isLast = index === pairs.length - 1;
    if (tokens > maxTokens && (isLast || !countsAll)) {
      return fail({
        kind: "over_limit",
        limit: "maxEdgeTokens",
        actual: tokens,
        ...(!isLast && { atLeast: true }),
      });
    }
  }
  return ok({ windows, cuts });
}
