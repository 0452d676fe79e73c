import { corrupt } from "./parquet-fault.ts";

/** A word of 32 bits at any bit offset holds this many bits; 16 MiB of the shortest values have numbers of 22. */
const MAX_BIT_WIDTH = 24;

/**
 * Numbers in Parquet's hybrid of runs and bit packing, one a call: levels, and indexes into a dictionary.
 *
 * @param bitWidth - Bits of a number, 0 to 24
 * @returns The next number. @throws ParquetFault behind the last one
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 */
export function hybridReader(
  bytes: Uint8Array,
  start: number,
  end: number,
  bitWidth: number,
): () => number {
  if (bitWidth > MAX_BIT_WIDTH) throw corrupt(`a dictionary's indexes have ${bitWidth} bits`);
  if (end > bytes.length) throw corrupt("a page ends within its levels");
  if (bitWidth === 0) return () => 0;
  const mask = 2 ** bitWidth - 1;
  const repeatedBytes = Math.ceil(bitWidth / 8);
  let offset = start;
  let left = 0;
  /** Of a packed run: its next bit, counted from `start` of the bytes. Negative in a run of one number. */
  let bit = -1;
  let repeated = 0;
  return () => {
    while (left === 0) startRun();
    left--;
    if (bit < 0) return repeated;
    const at = bit >> 3;
    if (at >= end) throw corrupt("a page ends within its levels");
    const word =
      bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    const value = (word >>> (bit & 7)) & mask;
    bit += bitWidth;
    return value;
  };

  function startRun(): void {
    const header = readVarint();
    if (header & 1) {
      const groups = header >>> 1;
      left = groups * 8;
      bit = offset * 8;
      offset += groups * bitWidth;
      return;
    }
    left = header >>> 1;
    bit = -1;
    repeated = 0;
    for (let index = 0; index < repeatedBytes; index++) repeated |= nextByte() << (8 * index);
  }

  function readVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = nextByte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw corrupt("a run of a page has no length");
  }

  function nextByte(): number {
    if (offset >= end) throw corrupt("a page ends within its levels");
    return bytes[offset++]!;
  }
}

/** Bits of the numbers from 0 to `max`. */
export const bitWidthOf = (max: number): number => 32 - Math.clz32(max);
