/** How the Parquet reader's parts, deep in their loops, end the reading of a file. */
import type { FileCode } from "../problem-codes.ts";

/** Thrown within the reader only: `unpackParquet` makes it a problem. Quotes nothing of the file's rows. */
export class ParquetFault extends Error {
  readonly code: FileCode;
  readonly column: string | null;
  readonly row: number | null;

  constructor(
    code: FileCode,
    reason: string,
    { column = null, row = null }: { column?: string | null; row?: number | null } = {},
  ) {
    super(reason);
    this.code = code;
    this.column = column;
    this.row = row;
  }
}

/** @param what - A part of the file and what is wrong with it */
export function corrupt(what: string): ParquetFault {
  return new ParquetFault("corrupt_parquet", `The file is corrupt: ${what}.`);
}

/** Runs what relies on the file's bytes, such as a function of the library: whatever it throws is the file's fault. */
export function decoding<T>(part: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw error instanceof ParquetFault ? error : corrupt(`${part} cannot be read`);
  }
}

/** A number that the file has, which its bytes may as well make something else. @param what - It counts */
export function wholeNumber(number: unknown, what: string): number {
  const value = typeof number === "bigint" ? Number(number) : number;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw corrupt(`${what} are no whole number`);
}
