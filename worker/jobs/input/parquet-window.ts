import type { InputFile } from "../source.ts";
import { ParquetFault } from "./parquet-fault.ts";
import { readRange } from "./read-range.ts";

/** Bytes that are read at a time: of 5 GiB in about 2,600 reads, of which a Worker may make some thousands. */
const BLOCK_BYTES = 2 * 1024 * 1024;

/** A part of a file, read forwards in blocks. */
export interface ByteWindow {
  /** The next `length` bytes, without going on; fewer where the part ends. A later call never changes them. */
  peek(length: number): Promise<Uint8Array>;
  /** Goes on behind bytes that {@link peek} has shown. */
  skip(length: number): void;
}

/** @throws ParquetFault of what {@link readRange} says of the file. */
export function byteWindow(
  bucket: R2Bucket,
  file: InputFile,
  start: number,
  end: number,
): ByteWindow {
  let held = new Uint8Array(0);
  let offset = start;
  return {
    async peek(length) {
      const wanted = Math.min(length, end - offset);
      if (held.length < wanted) {
        const block = Math.min(Math.max(wanted, BLOCK_BYTES), end - offset);
        const read = await readBytes(bucket, file, offset + held.length, block - held.length);
        const joined = new Uint8Array(block);
        joined.set(held);
        joined.set(read, held.length);
        held = joined;
      }
      return held.subarray(0, wanted);
    },
    skip(length) {
      held = held.subarray(length);
      offset += length;
    },
  };
}

/** @throws ParquetFault of what {@link readRange} says of the file. */
export async function readBytes(
  bucket: R2Bucket,
  file: InputFile,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const read = await readRange(bucket, file, offset, length);
  if (read.ok) return read.bytes;
  throw new ParquetFault(read.problem.code, read.problem.reason);
}
