/** Documents of a file's text: a line, a JSON value or a CSV record each. Pure. */
import { CommandError } from "./failure.ts";
import { parseCsv } from "./csv.ts";

export const DOCUMENT_FORMATS = ["text", "jsonl", "json", "csv", "tsv"] as const;

export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

/** A document as it was read. */
export interface InputDocument {
  /** What is ranked of it. */
  text: string;
  /** A string, an object of JSON, or a CSV record by its columns' names. */
  value: unknown;
}

export interface DocumentOptions {
  format: DocumentFormat;
  /** Fields or columns that are ranked, joined by line breaks. Default: `text`, or of CSV with one column that one. */
  fields?: readonly string[] | undefined;
  /** Of CSV: whether the first record names the columns. Default true; else they are named by their numbers, from 1. */
  hasHeader?: boolean | undefined;
}

/** The format that a file's name speaks of; "text" for any other and for stdin. */
export function formatOf(path: string): DocumentFormat {
  const ending = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === "ndjson") return "jsonl";
  return DOCUMENT_FORMATS.find((format) => format === ending) ?? "text";
}

/**
 * Documents in the text's order. Empty lines are none.
 * @param name - Of the file, for messages, which never quote its text.
 * @throws CommandError naming the line that cannot be read
 */
export function parseDocuments(
  text: string,
  name: string,
  options: DocumentOptions,
): InputDocument[] {
  const { format, fields } = options;
  switch (format) {
    case "text":
      return linesOf(text).map(([line]) => ({ text: line, value: line }));
    case "jsonl":
      return linesOf(text).map(([line, number]) =>
        documentOf(parseJson(line, `${name}:${number}`), `${name}:${number}`, fields),
      );
    case "json": {
      const list = parseJson(text, name);
      if (!Array.isArray(list)) throw new CommandError(`${name} is not a JSON list of documents.`);
      return list.map((value, index) => documentOf(value, `${name}, document ${index}`, fields));
    }
    case "csv":
      return recordsOf(text, name, ",", options);
    case "tsv":
      return recordsOf(text, name, "\t", options);
  }
}

/** Lines that are not blank, with their numbers from 1. */
function linesOf(text: string): [line: string, number: number][] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line, index): [string, number] => [line, index + 1])
    .filter(([line]) => line.trim() !== "");
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`${where} is not JSON.`);
  }
}

function documentOf(
  value: unknown,
  where: string,
  fields: readonly string[] = ["text"],
): InputDocument {
  if (typeof value === "string") return { text: value, value };
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new CommandError(`${where} is neither a string nor an object.`);
  return { text: fieldsOf(value as Record<string, unknown>, where, fields, "--field"), value };
}

function recordsOf(
  text: string,
  name: string,
  delimiter: string,
  { fields, hasHeader = true }: DocumentOptions,
): InputDocument[] {
  const records = parseCsv(text, delimiter);
  if (!Array.isArray(records))
    throw new CommandError(`${name}:${records.line}: ${records.problem}.`);
  const width = records.reduce((widest, record) => Math.max(widest, record.length), 0);
  const header = hasHeader
    ? records.shift()
    : Array.from({ length: width }, (_, index) => String(index + 1));
  if (header === undefined) return [];
  const columns = fields ?? (header.length === 1 ? header : ["text"]);
  const missing = columns.find((column) => !header.includes(column));
  if (missing !== undefined)
    throw new CommandError(
      fields
        ? `${name} has no column "${missing}": its columns are ${header.join(", ")}.`
        : `Say which column of ${name} is ranked, with --column: its columns are ${header.join(", ")}.`,
    );
  return records.map((record, index) => {
    const value = Object.fromEntries(header.map((column, at) => [column, record[at] ?? ""]));
    return { text: fieldsOf(value, `${name}, record ${index + 1}`, columns, "--column"), value };
  });
}

/** What is ranked of an object: those of the fields that it has, joined by line breaks. */
function fieldsOf(
  value: Readonly<Record<string, unknown>>,
  where: string,
  fields: readonly string[],
  option: string,
): string {
  const texts = fields
    .map((field) => (Object.hasOwn(value, field) ? value[field] : undefined))
    .filter((each) => typeof each === "string" || typeof each === "number");
  if (texts.length > 0) return texts.join("\n");
  const names = fields.map((field) => `"${field}"`).join(", ");
  throw new CommandError(`${where} has no text in ${names}: name other fields with ${option}.`);
}
