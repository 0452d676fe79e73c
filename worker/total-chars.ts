import type { TextPair } from "./encode-pairs.ts";
import { fail, ok, type Result } from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** Refuses pairs with more characters in all than `maxTotalChars`. */
export function checkTotalChars(pairs: readonly TextPair[]): Result<void> {
  const actual = totalChars(pairs);
  return actual > LIMITS.maxTotalChars
    ? fail({ kind: "over_limit", limit: "maxTotalChars", actual })
    : ok(undefined);
}

/** Characters to tokenize: a query that several pairs in a row share counts once. */
function totalChars(pairs: readonly TextPair[]): number {
  return pairs.reduce((sum, { query, document }, index) => {
    const isNewQuery = query !== pairs[index - 1]?.query;
    return sum + (isNewQuery ? query.length : 0) + (document?.length ?? 0);
  }, 0);
}
