import type { CompressionCodec, DataReader, Encoding, PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { JOB_LIMITS } from "../../limits.ts";
import { decompress } from "./parquet-codecs.ts";
import { corrupt, decoding, ParquetFault, wholeNumber } from "./parquet-fault.ts";
import { bitWidthOf, hybridReader } from "./parquet-levels.ts";
import { readStruct } from "./parquet-thrift.ts";
import { pageTooLong } from "./parquet-values.ts";
import type { ByteWindow } from "./parquet-window.ts";

/** A page, unpacked. */
export type Page =
  | { kind: "dictionary"; bytes: Uint8Array; count: number }
  | {
      kind: "data";
      bytes: Uint8Array;
      /** Values, nulls and empty lists. */
      count: number;
      /** Where the values begin. */
      start: number;
      encoding: Encoding;
      /** The next one's levels. @throws ParquetFault behind the last one */
      repetition: () => number;
      definition: () => number;
    };

export interface Levels {
  maxRepetition: number;
  maxDefinition: number;
}

/** What a page's header is first looked for in, and at last: statistics have whole values. */
const HEADER_BYTES = 16 * 1024;
const MAX_HEADER_BYTES = 1024 * 1024;

/** The pages of a column in a row group, each held alone. @throws ParquetFault */
export async function* readPages(
  window: ByteWindow,
  codec: CompressionCodec,
  levels: Levels,
): AsyncGenerator<Page> {
  for (;;) {
    const header = await readHeader(window);
    if (header === null) return;
    const packedBytes = wholeNumber(header.compressed_page_size, "a page's bytes");
    const unpackedBytes = wholeNumber(header.uncompressed_page_size, "a page's bytes");
    const longest = Math.max(packedBytes, unpackedBytes);
    if (longest > JOB_LIMITS.maxParquetPageBytes) throw pageTooLong(longest);
    const packed = await window.peek(packedBytes);
    if (packed.length < packedBytes) throw corrupt("a column ends within a page");
    window.skip(packedBytes);
    const page = unpackPage(header, packed, codec, levels);
    if (page !== null) yield page;
  }
}

/** Null where the column ends. */
async function readHeader(window: ByteWindow): Promise<PageHeader | null> {
  for (let length = HEADER_BYTES; ; length *= 8) {
    const bytes = await window.peek(length);
    if (bytes.length === 0) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const reader: DataReader = { view, offset: 0 };
    const isAll = bytes.length < length || length >= MAX_HEADER_BYTES;
    try {
      // The library trusts the lengths of lists.
      readStruct({ ...reader }, {});
      const header = parquetHeader(reader);
      window.skip(reader.offset);
      return header;
    } catch {
      if (isAll) throw corrupt("the header of a page cannot be read");
    }
  }
}

/** Null of a page of a kind that has no values. */
function unpackPage(
  header: PageHeader,
  packed: Uint8Array,
  codec: CompressionCodec,
  levels: Levels,
): Page | null {
  const {
    data_page_header: v1,
    data_page_header_v2: v2,
    dictionary_page_header: dictionary,
  } = header;
  const unpackedBytes = header.uncompressed_page_size;
  switch (header.type) {
    case "DICTIONARY_PAGE": {
      if (!dictionary) throw corrupt("a dictionary has no header");
      const bytes = decompress(packed, unpackedBytes, codec);
      return { kind: "dictionary", bytes, count: countOf(dictionary.num_values) };
    }
    case "DATA_PAGE": {
      if (!v1) throw corrupt("a page has no header");
      const bytes = decompress(packed, unpackedBytes, codec);
      const repetition = levelsV1(bytes, 0, levels.maxRepetition, v1.repetition_level_encoding);
      const definition = levelsV1(
        bytes,
        repetition.end,
        levels.maxDefinition,
        v1.definition_level_encoding,
      );
      return {
        kind: "data",
        bytes,
        count: countOf(v1.num_values),
        start: definition.end,
        encoding: v1.encoding,
        repetition: repetition.next,
        definition: definition.next,
      };
    }
    case "DATA_PAGE_V2": {
      if (!v2) throw corrupt("a page has no header");
      const repetitionEnd = wholeNumber(v2.repetition_levels_byte_length, "levels' bytes");
      const levelsEnd =
        repetitionEnd + wholeNumber(v2.definition_levels_byte_length, "levels' bytes");
      if (levelsEnd > packed.length) throw corrupt("a page ends within its levels");
      const values = packed.subarray(levelsEnd);
      return {
        kind: "data",
        bytes:
          v2.is_compressed === false
            ? values
            : decompress(values, Math.max(0, unpackedBytes - levelsEnd), codec),
        count: countOf(v2.num_values),
        start: 0,
        encoding: v2.encoding,
        repetition: hybridReader(packed, 0, repetitionEnd, bitWidthOf(levels.maxRepetition)),
        definition: hybridReader(
          packed,
          repetitionEnd,
          levelsEnd,
          bitWidthOf(levels.maxDefinition),
        ),
      };
    }
    default:
      return null;
  }
}

/** Levels with their length before them, if the column has any. */
function levelsV1(
  bytes: Uint8Array,
  start: number,
  max: number,
  encoding: Encoding,
): { next: () => number; end: number } {
  if (max === 0) return { next: () => 0, end: start };
  if (encoding !== "RLE") {
    throw new ParquetFault(
      "unsupported_encoding",
      `The levels of a page have the encoding ${encoding}; it must be RLE.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = start + 4;
  const end = decoding("a page", () => from + view.getUint32(start, true));
  return { next: hybridReader(bytes, from, end, bitWidthOf(max)), end };
}

function countOf(count: number): number {
  return wholeNumber(count, "a page's values");
}
