const FILTER_BITS = 20;

/** Says of the characters [start, end) of bytes whether they may be one of the ids: no is certain. */
export type IdFilter = (bytes: Uint8Array, start: number, end: number) => boolean;

/** For some ten thousands of ids, of which a hundredth of the others pass: no string has to be made of an id that nobody wants. */
export function idFilter(ids: Iterable<string>): IdFilter {
  const encoder = new TextEncoder();
  const marked = new Uint8Array(2 ** FILTER_BITS / 8);
  for (const id of ids) {
    const bytes = encoder.encode(id);
    const bit = hashOf(bytes, 0, bytes.length);
    marked[bit >> 3]! |= 1 << (bit & 7);
  }
  return (bytes, start, end) => {
    const bit = hashOf(bytes, start, end);
    return ((marked[bit >> 3]! >> (bit & 7)) & 1) === 1;
  };
}

/** FNV-1a, folded. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) {
    hash = Math.imul(hash ^ bytes[index]!, 0x01000193);
  }
  return (hash ^ (hash >>> FILTER_BITS)) & (2 ** FILTER_BITS - 1);
}
