import { decompress as decompressZstd } from "fzstd";
import type { CompressionCodec, Compressors } from "hyparquet";
import { decompressPage } from "hyparquet/src/datapage.js";
import { decompressBrotli } from "hyparquet-compressors/src/brotli.js";
import { gunzip } from "hyparquet-compressors/src/gzip.js";
import { decompressLz4, decompressLz4Raw } from "hyparquet-compressors/src/lz4.js";
import { decoding } from "./parquet-fault.ts";

/** Each writes into an array of the length that it is told, so that no page can unpack to more. */
const DECOMPRESSORS: Compressors = {
  BROTLI: decompressBrotli,
  GZIP: (input, length) => gunzip(input, new Uint8Array(length)),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
};

/** By the names of the format; Snappy is the reader's own. */
export const CODECS: readonly CompressionCodec[] = [
  "UNCOMPRESSED",
  "SNAPPY",
  ...(Object.keys(DECOMPRESSORS) as CompressionCodec[]),
];

/** A page's bytes; of an uncompressed one the same. @throws ParquetFault unless they are `length` */
export function decompress(bytes: Uint8Array, length: number, codec: CompressionCodec): Uint8Array {
  if (length === 0) return new Uint8Array(0);
  return decoding("a page", () => decompressPage(bytes, length, codec, DECOMPRESSORS));
}
