/** What a file is, by its name and its first bytes. Pure. */
import type { InputOptions } from "../source.ts";

type Format = Exclude<InputOptions["format"], "auto">;

const FORMATS: Readonly<Record<string, Format>> = {
  csv: "csv",
  tsv: "csv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  json: "jsonl",
  jsonlines: "jsonl",
  parquet: "parquet",
  pqt: "parquet",
};

/** @param head - The first bytes, one character each */
export function formatOf(options: InputOptions, name: string, head: string): Format {
  if (options.format !== "auto") return options.format;
  const format = FORMATS[extensionOf(name)];
  if (format !== undefined) return format;
  if (head.startsWith("PAR1")) return "parquet";
  return /^(?:\xef\xbb\xbf)?\s*[[{]/.test(head) ? "jsonl" : "csv";
}

/** A tab of a `.tsv`, else a comma, unless the job says otherwise. */
export function delimiterOf(options: InputOptions, name: string): string {
  return options.delimiter ?? (extensionOf(name) === "tsv" ? "\t" : ",");
}

export const isGzip = (head: string): boolean => head.startsWith("\x1f\x8b");

/** In lower case, and of a `.gz` the one before it. */
function extensionOf(name: string): string {
  return /\.([^.]*?)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase() ?? "";
}
