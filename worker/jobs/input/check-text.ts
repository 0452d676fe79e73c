/** Whether a file is text at all, by its first bytes. Pure. */
import type { FileHead } from "./read-head.ts";
import { unreadable, type Unreadable } from "./file-problem.ts";

/** What other files begin with, each byte one character. */
const KNOWN: readonly (readonly [string, string])[] = [
  ["PK\x03\x04", "a zip archive or a document of Excel, Word or the like"],
  ["PK\x05\x06", "an empty zip archive"],
  ["\xd0\xcf\x11\xe0", "a document of Excel, Word or the like"],
  ["%PDF-", "a PDF"],
  ["PAR1", "a Parquet file"],
  ["\x1f\x8b", "gzip, packed twice"],
  ["\x28\xb5\x2f\xfd", "packed with zstd"],
  ["\xfd7zXZ\0", "packed with xz"],
  ["BZh91AY&SY", "packed with bzip2"],
  ["7z\xbc\xaf", "a 7z archive"],
  ["Rar!\x1a", "a RAR archive"],
  ["Obj\x01", "an Avro file"],
  ["ARROW1\0", "an Arrow file"],
  ["SQLite format 3\0", "an SQLite database"],
  ["\x89PNG", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["GIF8", "a GIF image"],
];

/** Byte order marks, the longer ones first. */
const MARKS: readonly (readonly [string, string])[] = [
  ["\xff\xfe\0\0", "UTF-32"],
  ["\0\0\xfe\xff", "UTF-32"],
  ["\xff\xfe", "UTF-16"],
  ["\xfe\xff", "UTF-16"],
];

/** In UTF-16, ASCII has a zero before or after each byte. */
const UTF_16 = /^(?:(?:[^\0]\0){4}|(?:\0[^\0]){4})/;

/** `not_text` or `invalid_encoding`. @param head - As {@link FileHead} has it */
export function checkText(name: string, head: FileHead["head"]): Unreadable | undefined {
  const isThere = ([bytes]: readonly [string, string]): boolean => head.startsWith(bytes);
  const encoding = MARKS.find(isThere)?.[1] ?? (UTF_16.test(head) ? "UTF-16" : undefined);
  if (encoding !== undefined) {
    const reason = `The file is in ${encoding}; it must be in UTF-8.`;
    return unreadable(name, "invalid_encoding", reason);
  }
  const known = KNOWN.find(isThere)?.[1];
  if (known !== undefined) {
    return unreadable(name, "not_text", `The file is not text: it is ${known}.`);
  }
  const zero = head.indexOf("\0");
  return zero < 0
    ? undefined
    : unreadable(name, "not_text", `The file is not text: byte ${zero} is zero.`);
}
