/**
 * Where rows end: the one place that says so, for the planner and for the reader. Pure.
 *
 * A row of JSON lines ends with a line feed. A row of a CSV ends with a line feed or a carriage return that is not within quotes, so
 * that between the two of a CRLF there is a blank row, which is none. Quotes open only where a field begins, as RFC 4180 has it.
 */
import type { Source } from "../source.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;

/** The bytes end before the row does. */
const ROW_GOES_ON = -1;
/** The bytes end within quotes of the row. */
export const QUOTE_STAYS_OPEN = -2;

type RowFormat = Pick<Source, "format" | "delimiter">;

/**
 * Calls back with each row that is not blank, [start, end) of the bytes with the end of its line, until the bytes end or `onRow` says
 * that it is enough.
 *
 * @param bytes - From the start of a row on
 * @param isLast - The last row may lack the end of its line
 * @returns Bytes of whole rows, blank ones included, and whether what follows them is within quotes
 */
export function eachRow(
  bytes: Uint8Array,
  format: RowFormat,
  isLast: boolean,
  onRow: (start: number, end: number) => boolean,
): { whole: number; isQuoted: boolean } {
  const endOfRow = rowEnds(bytes, format);
  for (let start = 0; start < bytes.length;) {
    const found = endOfRow(start);
    const isQuoted = found === QUOTE_STAYS_OPEN;
    if (isQuoted || (found < 0 && !isLast)) return { whole: start, isQuoted };
    const end = found < 0 ? bytes.length : found;
    const goesOn = isBlank(bytes, start, end, format) || onRow(start, end);
    start = end;
    if (!goesOn) return { whole: start, isQuoted };
  }
  return { whole: bytes.length, isQuoted: false };
}

/**
 * A function from the offset where a row begins to the one after its end, or one of the negative numbers above. It must be asked in
 * ascending order: what it looked for and found lies ahead is kept, so that no byte is passed more than three times.
 *
 * @param bytes - From the start of a row on
 */
export function rowEnds(
  bytes: Uint8Array,
  { format, delimiter }: RowFormat,
): (start: number) => number {
  const find = (value: number, from: number): number => {
    const index = bytes.indexOf(value, from);
    return index < 0 ? bytes.length : index;
  };
  if (format === "jsonl") return (start) => bytes.indexOf(LINE_FEED, start) + 1 || ROW_GOES_ON;

  const delimiterByte = delimiter.charCodeAt(0);
  let lineFeed = -1;
  let carriageReturn = -1;
  let quote = -1;
  return (start) => {
    for (let from = start; ; from = quote + 1) {
      if (lineFeed < from) lineFeed = find(LINE_FEED, from);
      if (carriageReturn < from) carriageReturn = find(CARRIAGE_RETURN, from);
      if (quote < from) quote = find(QUOTE, from);
      const end = Math.min(lineFeed, carriageReturn);
      if (quote >= end) return end < bytes.length ? end + 1 : ROW_GOES_ON;
      const opens = quote === start || bytes[quote - 1] === delimiterByte;
      if (!opens) continue;
      quote = find(QUOTE, quote + 1);
      while (bytes[quote + 1] === QUOTE) quote = find(QUOTE, quote + 2);
      if (quote >= bytes.length) return QUOTE_STAYS_OPEN;
    }
  };
}

/** Whether a row is none: it has but spaces, tabs and its end. A delimiter is neither. */
export function isBlank(
  bytes: Uint8Array,
  start: number,
  end: number,
  { format, delimiter }: RowFormat,
): boolean {
  const delimiterByte = format === "csv" ? delimiter.charCodeAt(0) : undefined;
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!;
    const isSpace =
      byte === SPACE || byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN;
    if (!isSpace || byte === delimiterByte) return false;
  }
  return true;
}
