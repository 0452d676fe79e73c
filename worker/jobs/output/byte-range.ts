/** Bytes of an object. */
export interface ByteRange {
  offset: number;
  /** Over 0. */
  length: number;
}

const RANGE = /^bytes=[ \t]*(?:(\d+)-(\d*)|-(\d+))[ \t]*$/i;

/**
 * What a `Range` header asks for.
 *
 * @param bytes - Of the object.
 * @returns Null if the header is to be ignored: none, of another unit, of several ranges, or wrong
 * @see RFC 9110, 14.1.2 and 14.2
 */
export function parseRange(
  header: string | null,
  bytes: number,
): ByteRange | "unsatisfiable" | null {
  const [, first, last, suffix] = RANGE.exec(header ?? "") ?? [];
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), bytes);
    return length === 0 ? "unsatisfiable" : { offset: bytes - length, length };
  }
  if (first === undefined) return null;
  const offset = Number(first);
  const end = last ? Number(last) : Infinity;
  if (end < offset) return null;
  if (offset >= bytes) return "unsatisfiable";
  return { offset, length: Math.min(end + 1, bytes) - offset };
}
