/** How a pair of texts is made to fit the model's window. Pure. */
import type { EncodedPair, PairTokenizer } from "./tokenizer.ts";

/** What becomes of a document that does not fit: its end is cut, the request is refused, or it is read in several windows. */
export type LongDocuments = "truncate" | "refuse" | "max_window";

export interface FitOptions {
  /** Tokens of a query and of a document that are read at most, whatever the window has room for. Infinity: no such limit. */
  maxQueryTokens: number;
  maxDocumentTokens: number;
  /** Tokens of a pair, special ones included: at least 3; more than the model's window means the window. */
  maxPairTokens: number;
  /** Where tokens are cut off, of query and document alike. */
  side: "right" | "left";
  longDocuments: LongDocuments;
  /** Windows that are read of a document at most, from its start; at least 1. */
  maxWindows: number;
}

export const DEFAULT_FIT: FitOptions = {
  maxQueryTokens: Infinity,
  maxDocumentTokens: Infinity,
  maxPairTokens: Infinity,
  side: "right",
  longDocuments: "truncate",
  maxWindows: Infinity,
};

/** Part of a window that the next one reads again, so that no passage is torn apart at every border. */
const OVERLAP = 1 / 4;

export interface FittedPair {
  /** One, or with "max_window" as many as the document needs. */
  windows: PairWindow[];
  /** Tokens that no window has. */
  queryTokensCut: number;
  documentTokensCut: number;
  /** Tokens, special ones included, that did not fit and may not be cut; null if nothing stands against the pair. */
  refusedTokens: number | null;
}

/** One encoder input of a pair. */
export interface PairWindow {
  input: EncodedPair;
  /** Its document tokens, [start, end) among all of the document. */
  start: number;
  end: number;
}

/**
 * The encoder inputs of a query and a document: by default one, as {@link PairTokenizer.pair} makes it.
 *
 * @param query - Token ids, not truncated.
 * @param document - The same; null for a single text.
 */
export function fitPair(
  tokenizer: PairTokenizer,
  query: Int32Array,
  document: Int32Array | null,
  options: FitOptions = DEFAULT_FIT,
): FittedPair {
  const { side, longDocuments, maxPairTokens } = options;
  const wantedQuery = keep(query, options.maxQueryTokens, side);
  const wanted = document && keep(document, options.maxDocumentTokens, side);
  const length = document?.length ?? 0;
  const pair = tokenizer.pair(wantedQuery, wanted, maxPairTokens);
  const keptQuery = wantedQuery.length - pair.queryTokensCut;
  const kept = (wanted?.length ?? 0) - pair.documentTokensCut;
  const fits = pair.queryTokensCut === 0 && pair.documentTokensCut === 0;
  const first = side === "left" ? length - (wanted?.length ?? 0) : 0;
  const fitted = (windows: PairWindow[], read: number): FittedPair => ({
    windows,
    queryTokensCut: query.length - keptQuery,
    documentTokensCut: length - read,
    refusedTokens:
      longDocuments === "refuse" && !fits
        ? pair.inputIds.length + pair.queryTokensCut + pair.documentTokensCut
        : null,
  });

  if (longDocuments === "max_window" && wanted && pair.documentTokensCut > 0 && kept > 0) {
    const shortQuery = keep(wantedQuery, keptQuery, side);
    const windows = windowStarts(wanted.length, kept)
      .slice(0, options.maxWindows)
      .map((start): PairWindow => {
        const part = wanted.subarray(start, start + kept);
        const input = tokenizer.pair(shortQuery, part, maxPairTokens);
        return { input, start: first + start, end: first + start + kept };
      });
    return fitted(windows, windows.at(-1)!.end - first);
  }
  if (side === "right" || fits)
    return fitted([{ input: pair, start: first, end: first + kept }], kept);
  const input = tokenizer.pair(
    keep(wantedQuery, keptQuery, side),
    wanted && keep(wanted, kept, side),
    maxPairTokens,
  );
  return fitted([{ input, start: length - kept, end: length }], kept);
}

/** Where windows of `size` tokens start, so that they cover `length` > `size` tokens, the last one as full as all others. */
function windowStarts(length: number, size: number): number[] {
  const stride = Math.max(1, size - Math.floor(size * OVERLAP));
  const count = 1 + Math.ceil((length - size) / stride);
  return Array.from({ length: count }, (_, index) => Math.min(index * stride, length - size));
}

function keep(ids: Int32Array, most: number, side: FitOptions["side"]): Int32Array {
  if (ids.length <= most) return ids;
  return side === "right" ? ids.subarray(0, most) : ids.subarray(ids.length - most);
}
