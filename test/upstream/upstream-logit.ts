/** The scores of an upstream that has no model: a hash of the pair, so that a test knows every right answer. Pure. */

const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const LOGIT_BOUND = 8;

/**
 * What the upstream scores a pair, in (-8, 8): the 32-bit FNV-1a of both texts as UTF-8, spread evenly. Equal pairs score the same, and a
 * text that a client has cut scores differently from the whole.
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function upstreamLogit(query: string, document: string): number {
  let hash = FNV_OFFSET_BASIS;
  // U+0000 between the two, or ("ab", "c") would score as ("a", "bc") does.
  for (const byte of new TextEncoder().encode(`${query}\0${document}`)) {
    hash = Math.imul(hash ^ byte, FNV_PRIME);
  }
  return (((hash >>> 0) + 0.5) / 2 ** 32 - 0.5) * 2 * LOGIT_BOUND;
}

/** The score in (0, 1) that an upstream makes of a logit unless it is asked for raw scores. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
