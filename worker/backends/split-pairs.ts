/** A list of pairs to the calls that carry it. Pure. */
import type { TextPair } from "../compute-logits.ts";
import type { UpstreamProtocol } from "../protocols/upstream-protocol.ts";
import type { BackendLimits } from "./backend.ts";

/** Pairs of one call: those from `start` to before `end`. */
export interface Part {
  start: number;
  end: number;
}

/**
 * Parts that cover the list in order, as few as the limits allow. A single pair over `maxTokens` is a part of its own. Parts of one
 * query, or of a list that need not be parted by query, have as nearly the same number of pairs as the limits allow: 33 pairs
 * over a limit of 32 are 17 and 16, since the slowest call decides when the answer is there.
 *
 * @param tokens - Of each pair.
 * @param carries - "one-query": a part has pairs of one query only. A query that comes again later in the list begins a new part. Else a part has
 *   only pairs or only single texts, since columns can hold no mixture.
 */
export function splitPairs(
  pairs: readonly TextPair[],
  tokens: readonly number[],
  limits: Pick<BackendLimits, "maxDocuments" | "maxTokens">,
  carries: UpstreamProtocol["carries"],
): Part[] {
  const parts: Part[] = [];
  for (let start = 0; start < pairs.length;) {
    const end = endOfRun(pairs, start, carries);
    parts.push(...splitEvenly(start, end, tokens, limits));
    start = end;
  }
  return parts;
}

/** Where the pairs end that may share a part with the first. */
function endOfRun(
  pairs: readonly TextPair[],
  start: number,
  carries: UpstreamProtocol["carries"],
): number {
  const first = pairs[start]!;
  const belongs = ({ query, document }: TextPair): boolean =>
    carries === "one-query"
      ? query === first.query
      : (document === null) === (first.document === null);
  const length = pairs.slice(start).findIndex((pair) => !belongs(pair));
  return length < 0 ? pairs.length : start + length;
}

function splitEvenly(
  start: number,
  end: number,
  tokens: readonly number[],
  { maxDocuments, maxTokens }: Pick<BackendLimits, "maxDocuments" | "maxTokens">,
): Part[] {
  // By the first pair of a part: where a full part would end, and in how many full parts the rest of the list fits.
  const fullEnds: number[] = [];
  const partsFrom: number[] = [];
  partsFrom[end] = 0;
  let fullEnd = end;
  let sum = 0;
  for (let first = end - 1; first >= start; first--) {
    sum += tokens[first]!;
    while (fullEnd > first + 1 && (fullEnd - first > maxDocuments || sum > maxTokens))
      sum -= tokens[--fullEnd]!;
    fullEnds[first] = fullEnd;
    partsFrom[first] = 1 + partsFrom[fullEnd]!;
  }

  const parts: Part[] = [];
  let partsLeft = partsFrom[start]!;
  for (let first = start; first < end; partsLeft--) {
    const evenEnd = first + Math.ceil((end - first) / partsLeft);
    let partEnd = Math.min(evenEnd, fullEnds[first]!);
    while (partsFrom[partEnd]! > partsLeft - 1) partEnd++;
    parts.push({ start: first, end: partEnd });
    first = partEnd;
  }
  return parts;
}
