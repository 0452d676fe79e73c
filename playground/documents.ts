/** Documents out of what a person types, pastes or drops. Pure. */
import { documentsOfCsv, looksLikeCsv } from "./documents-csv.ts";
import { documentsOfJson, documentsOfJsonLines } from "./documents-json.ts";

export interface ParsedDocuments {
  format: Format;
  documents: string[];
}

export type Format = "lines" | "json" | "json-lines" | "csv";

export const FORMAT_NAMES: Readonly<Record<Format, string>> = {
  lines: "one a line",
  json: "JSON list",
  "json-lines": "JSON lines",
  csv: "CSV",
};

const READERS: Readonly<Record<Format, (text: string) => string[]>> = {
  lines: documentsOfLines,
  json: documentsOfJson,
  "json-lines": documentsOfJsonLines,
  csv: documentsOfCsv,
};

const FORMAT_BY_EXTENSION: Readonly<Record<string, Format>> = {
  json: "json",
  jsonl: "json-lines",
  ndjson: "json-lines",
  csv: "csv",
  tsv: "csv",
};

/**
 * The documents of a text, in its order; blank lines are none.
 *
 * @param format - Default: as the text looks.
 * @throws InputError if the text is not what its format says
 */
export function parseDocuments(text: string, format: Format = formatOf(text)): ParsedDocuments {
  return { format, documents: READERS[format](text) };
}

/** The format that a file's name tells; undefined if it tells none, as that of a `.txt`. */
export function formatOfFile(name: string): Format | undefined {
  return FORMAT_BY_EXTENSION[name.split(".").at(-1)!.toLowerCase()];
}

function formatOf(text: string): Format {
  // A line may begin with "[1]", which is no JSON list.
  if (/^\s*\[\s*["{\]]/.test(text)) return "json";
  if (/^\s*\{\s*"/.test(text)) return "json-lines";
  return looksLikeCsv(text) ? "csv" : "lines";
}

function documentsOfLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/).flatMap((line) => line.trim() || []);
}
