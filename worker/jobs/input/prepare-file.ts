import type { InputFile, InputOptions, Source } from "../source.ts";
import { checkText } from "./check-text.ts";
import { checkJsonLines } from "./check-json-lines.ts";
import { csvHeader } from "./csv-header.ts";
import { delimiterOf, formatOf, isGzip } from "./file-format.ts";
import { unreadable, type Unreadable } from "./file-problem.ts";
import { unpackParquet } from "./parquet.ts";
import { markBytes, readHead, type FileHead } from "./read-head.ts";
import { isBlank } from "./row-ends.ts";
import { unpackGzip } from "./unpack-gzip.ts";

/**
 * What a file is, checked as far as its first bytes and its archive tell. What gzip or Parquet holds is written to `unpackedKey`, the
 * rows of a Parquet file within gzip beside it. Called twice, it writes the same bytes.
 *
 * Problems, all of the file: `empty_file`, `no_rows`, `not_text`, `invalid_encoding`, `invalid_delimiter`, `not_json_lines`,
 * `input_changed`, `input_gone`, and those of {@link csvHeader}, {@link unpackGzip} and {@link unpackParquet}.
 */
export async function prepareFile(
  bucket: R2Bucket,
  file: InputFile,
  options: InputOptions,
  unpackedKey: string,
): Promise<{ ok: true; value: Source } | Unreadable> {
  const packed = await readHead(bucket, file);
  if (!packed.ok) return packed;
  if (!isGzip(packed.head)) return prepareUnpacked(bucket, file, packed, options, unpackedKey);

  const unpacked = await unpackGzip(bucket, file, unpackedKey);
  if (!unpacked.ok) return unpacked;
  const head = await readHead(bucket, unpacked.value);
  if (!head.ok) return head;
  return prepareUnpacked(bucket, unpacked.value, head, options, `${unpackedKey}-rows`);
}

async function prepareUnpacked(
  bucket: R2Bucket,
  file: InputFile,
  { bytes, head }: FileHead,
  options: InputOptions,
  unpackedKey: string,
): Promise<{ ok: true; value: Source } | Unreadable> {
  const format = formatOf(options, file.name, head);
  if (format === "parquet") return unpackParquet(bucket, file, options, unpackedKey);
  const noText = checkText(file.name, head);
  if (noText) return noText;
  return format === "csv" ? csvSource(file, bytes, options) : jsonSource(file, bytes, options);
}

function csvSource(
  file: InputFile,
  head: Uint8Array,
  options: InputOptions,
): { ok: true; value: Source } | Unreadable {
  const delimiter = delimiterOf(options, file.name);
  if (!/^[^"\r\n\0\u0080-\uffff]$/.test(delimiter)) {
    const reason = "The delimiter must be one character of ASCII and no quote or line end.";
    return unreadable(file.name, "invalid_delimiter", reason);
  }
  const isWhole = head.length === file.bytes;
  const source = sourceOf(file, "csv", delimiter, options);
  const header = csvHeader(source, head, isWhole);
  if (!header.ok) return header;
  if (isWhole && isBlank(head, header.end, head.length, source)) {
    return unreadable(file.name, "no_rows", "The file has a header and no rows.");
  }
  return { ok: true, value: { ...source, header: header.names, dataStart: header.end } };
}

function jsonSource(
  file: InputFile,
  head: Uint8Array,
  options: InputOptions,
): { ok: true; value: Source } | Unreadable {
  const source = sourceOf(file, "jsonl", ",", options);
  const problem = checkJsonLines(file.name, head, head.length === file.bytes);
  return problem ?? { ok: true, value: { ...source, dataStart: markBytes(head) } };
}

function sourceOf(
  file: InputFile,
  format: Source["format"],
  delimiter: string,
  { columns }: InputOptions,
): Source {
  return { ...file, format, delimiter, header: null, columns, dataStart: 0, groupsByQuery: false };
}
