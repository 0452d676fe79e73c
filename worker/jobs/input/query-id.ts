/** What a row of a joined run begins with. */
const PREFIX = '{"query_id":"';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Only compared with one another, so that bytes do for characters. */
const decoder = new TextDecoder("latin1");

/** The query's id in a row [start, end) of a joined run, as it is written there; undefined if the row does not begin with one. */
export function queryIdOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  const from = start + PREFIX.length;
  if (decoder.decode(bytes.subarray(start, from)) !== PREFIX) return undefined;
  for (let index = from; index < end; index++) {
    if (bytes[index] === QUOTE) return decoder.decode(bytes.subarray(from, index));
    if (bytes[index] === BACKSLASH) index++;
  }
  return undefined;
}
