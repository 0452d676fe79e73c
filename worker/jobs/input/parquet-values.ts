/** The values of a page one after the other, as views of its bytes: no object for each is kept. */
import type { Encoding, ParquetType } from "hyparquet";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { readVarInt } from "hyparquet/src/thrift.js";
import { JOB_LIMITS } from "../../limits.ts";
import { corrupt, decoding, ParquetFault } from "./parquet-fault.ts";
import { hybridReader } from "./parquet-levels.ts";

/** The next value as UTF-8: of a number its decimal digits. @throws ParquetFault behind the last one */
export type ValueReader = () => Uint8Array;

/** The value of an index. @throws ParquetFault if there is none */
export type Dictionary = (index: number) => Uint8Array;

export interface ValuesPage {
  /** Unpacked. */
  bytes: Uint8Array;
  /** Where the values begin. */
  start: number;
  encoding: Encoding;
  type: ParquetType;
  isUnsigned: boolean;
}

/** Before each plain text. */
const LENGTH_BYTES = 4;

const widthOf = (type: ParquetType): 4 | 8 => (type === "INT32" ? 4 : 8);

const encoder = new TextEncoder();

export function valueReader(page: ValuesPage, dictionary: Dictionary | undefined): ValueReader {
  const { bytes, start, encoding, type } = page;
  switch (encoding) {
    case "PLAIN":
      return type === "BYTE_ARRAY" ? plainTexts(bytes, start) : plainNumbers(page);
    case "PLAIN_DICTIONARY":
    case "RLE_DICTIONARY": {
      if (dictionary === undefined) throw corrupt("a page's dictionary is missing");
      const index = hybridReader(bytes, start + 1, bytes.length, bytes[start] ?? 0);
      return () => dictionary(index());
    }
    case "DELTA_BINARY_PACKED":
      return deltaNumbers(page);
    case "DELTA_LENGTH_BYTE_ARRAY":
      return deltaLengthTexts(page);
    case "DELTA_BYTE_ARRAY":
      return deltaTexts(page);
    default:
      throw new ParquetFault(
        "unsupported_encoding",
        `A page has the encoding ${encoding}; there are PLAIN, dictionaries and the delta encodings.`,
      );
  }
}

/** Of a dictionary's page, which is always plain. @throws ParquetFault */
export function readDictionary(page: ValuesPage, count: number): Dictionary {
  const { bytes, type } = page;
  const widthAtLeast = type === "BYTE_ARRAY" ? LENGTH_BYTES : widthOf(type);
  if (count * widthAtLeast > bytes.length) throw corrupt("a dictionary is shorter than it says");
  if (type !== "BYTE_ARRAY") {
    return (index) => {
      const offset = index * widthOf(type);
      return index < count ? plainNumbers({ ...page, start: offset })() : outside();
    };
  }
  const starts = new Uint32Array(count + 1);
  const next = plainTexts(bytes, 0);
  for (let index = 0; index < count; index++) {
    starts[index + 1] = starts[index]! + LENGTH_BYTES + next().length;
  }
  return (index) =>
    index < count ? bytes.subarray(starts[index]! + LENGTH_BYTES, starts[index + 1]!) : outside();
}

function outside(): never {
  throw corrupt("a value is not in its dictionary");
}

function plainTexts(bytes: Uint8Array, start: number): ValueReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = start;
  return () => {
    if (offset + LENGTH_BYTES > bytes.length) throw pageEnds();
    const length = view.getUint32(offset, true);
    offset += LENGTH_BYTES + length;
    if (offset > bytes.length) throw pageEnds();
    return bytes.subarray(offset - length, offset);
  };
}

function plainNumbers({ bytes, start, type, isUnsigned }: ValuesPage): ValueReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = widthOf(type);
  let offset = start;
  return () => {
    if (offset + width > bytes.length) throw pageEnds();
    const number = width === 4 ? view.getInt32(offset, true) : view.getBigInt64(offset, true);
    offset += width;
    return digitsOf(number, isUnsigned);
  };
}

function deltaNumbers({ bytes, start, type, isUnsigned }: ValuesPage): ValueReader {
  const { values } = unpackDeltas(bytes, start, type === "INT32");
  return inOrder(values.length, (index) => digitsOf(values[index]!, isUnsigned));
}

function deltaLengthTexts({ bytes, start }: ValuesPage): ValueReader {
  const { values: lengths, end } = unpackDeltas(bytes, start, true);
  const next = slices(bytes, end);
  return inOrder(lengths.length, (index) => next(Number(lengths[index])));
}

/** Each text is the beginning of the one before and something new. */
function deltaTexts({ bytes, start }: ValuesPage): ValueReader {
  const prefixes = unpackDeltas(bytes, start, true);
  const suffixes = unpackDeltas(bytes, prefixes.end, true);
  const next = slices(bytes, suffixes.end);
  let previous = new Uint8Array(0);
  return inOrder(Math.min(prefixes.values.length, suffixes.values.length), (index) => {
    const kept = Number(prefixes.values[index]);
    const suffix = next(Number(suffixes.values[index]));
    if (kept < 0 || kept > previous.length) throw corrupt("a text begins like none before it");
    const text = new Uint8Array(kept + suffix.length);
    text.set(previous.subarray(0, kept));
    text.set(suffix, kept);
    previous = text;
    return text;
  });
}

function inOrder(count: number, valueAt: (index: number) => Uint8Array): ValueReader {
  let index = 0;
  return () => {
    if (index === count) throw pageEnds();
    return valueAt(index++);
  };
}

function slices(bytes: Uint8Array, start: number): (length: number) => Uint8Array {
  let offset = start;
  return (length) => {
    offset += length;
    if (length < 0 || offset > bytes.length) throw pageEnds();
    return bytes.subarray(offset - length, offset);
  };
}

/** Values of a block of deltas: the format's default is 128, and some writers have 4,096. */
const MAX_DELTA_BLOCK = 64 * 1024;

/** All values: of 32 bits, as lengths always are, or of 64. */
function unpackDeltas(
  bytes: Uint8Array,
  start: number,
  is32Bit: boolean,
): { values: Int32Array | BigInt64Array; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = { view, offset: start };
  const [blockValues, miniblocks, count] = decoding("a page", () => [
    readVarInt(header),
    readVarInt(header),
    readVarInt(header),
  ]) as [number, number, number];
  if (
    !(miniblocks > 0 && miniblocks <= blockValues && blockValues <= MAX_DELTA_BLOCK && count >= 0)
  ) {
    throw corrupt("a block of deltas has impossible sizes");
  }
  const unpackedBytes = count * (is32Bit ? 4 : 8);
  if (unpackedBytes > JOB_LIMITS.maxParquetPageBytes) throw pageTooLong(unpackedBytes);
  const values = is32Bit ? new Int32Array(count) : new BigInt64Array(count);
  const reader = { view, offset: start };
  decoding("a page", () => deltaBinaryUnpack(reader, count, values));
  return { values, end: reader.offset };
}

function digitsOf(number: number | bigint, isUnsigned: boolean): Uint8Array {
  const value = !isUnsigned
    ? number
    : typeof number === "bigint"
      ? BigInt.asUintN(64, number)
      : number >>> 0;
  return encoder.encode(String(value));
}

const pageEnds = (): ParquetFault => corrupt("a page ends within its values");

/** @param bytes - Of a page, unpacked or not */
export function pageTooLong(bytes: number): ParquetFault {
  return new ParquetFault(
    "over_limit",
    `A page of the file is over the limit maxParquetPageBytes of ${JOB_LIMITS.maxParquetPageBytes}: it has ${bytes}.`,
  );
}
