import { JOB_LIMITS } from "../../limits.ts";
import type { InputFile } from "../source.ts";
import { unreadable, type Unreadable } from "./file-problem.ts";
import { readRange } from "./read-range.ts";

/** The longest header, and enough to see what follows it. */
const HEAD_BYTES = JOB_LIMITS.maxHeaderBytes + 4_096;

/** As many as git looks at to tell text from other files. */
const HEAD_CHARS = 8_000;

const UTF8_MARK = [0xef, 0xbb, 0xbf];

/** What a file begins with. */
export interface FileHead {
  ok: true;
  /** Some more than `maxHeaderBytes`, or all. */
  bytes: Uint8Array;
  /** The first 8,000 of them at most, one character each, from U+0000 to U+00FF. */
  head: string;
}

/** `empty_file`, `input_changed` or `input_gone`. A failing bucket throws. */
export async function readHead(bucket: R2Bucket, file: InputFile): Promise<FileHead | Unreadable> {
  if (file.bytes === 0) return unreadable(file.name, "empty_file", "The file is empty.");
  const read = await readRange(bucket, file, 0, Math.min(HEAD_BYTES, file.bytes));
  if (!read.ok) return read;
  // A TextDecoder of "latin1" has characters of Windows in it.
  const head = String.fromCharCode(...read.bytes.subarray(0, HEAD_CHARS));
  return { ok: true, bytes: read.bytes, head };
}

/** Bytes of the byte order mark that a file may begin with: 3 or 0. */
export function markBytes(bytes: Uint8Array): number {
  return UTF8_MARK.every((byte, index) => bytes[index] === byte) ? UTF8_MARK.length : 0;
}
