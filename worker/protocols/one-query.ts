import type { TextPair } from "../compute-logits.ts";

/** The query that all pairs of a call share, and their documents, of which none is null. */
export function oneQuery(pairs: readonly TextPair[]): { query: string; documents: string[] } {
  return { query: pairs[0]!.query, documents: pairs.map(({ document }) => document!) };
}
