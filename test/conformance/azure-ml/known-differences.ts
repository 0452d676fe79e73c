/** Where our answers differ from the inference server's on purpose. */

export interface KnownDifference {
  /** Names of exchanges. */
  exchanges: readonly string[];
  /** Each of them differs in each of the exchanges. */
  fields: readonly string[];
  reason: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [];
