import Papa from "papaparse";
import { InputError, lineAt } from "./input-error.ts";
import { TEXT_FIELD_LIST, TEXT_FIELDS } from "./text-fields.ts";

const DELIMITERS = [",", ";", "\t"];

/** Whether the first line is a header that names a column of texts. */
export function looksLikeCsv(text: string): boolean {
  return delimiterOf(text) !== undefined;
}

/**
 * The documents of a table with a header, separated by commas, semicolons or tabs.
 * @throws InputError that names the line
 */
export function documentsOfCsv(text: string): string[] {
  const delimiter = delimiterOf(text);
  if (delimiter === undefined) {
    throw new InputError(1, `the header has no column ${TEXT_FIELD_LIST}`);
  }
  const { data, errors } = Papa.parse<string[]>(text, { delimiter });
  const broken = errors.find(({ type }) => type === "Quotes");
  if (broken) throw new InputError(lineAt(text, broken.index ?? 0), reasonOf(broken.code));
  const [header = [], ...rows] = data;
  const column = textColumn(header);
  return rows.flatMap((row, place) => {
    if (row.every((field) => field.trim() === "")) return [];
    const document = row[column];
    if (document !== undefined && row.length === header.length) return document;
    throw new InputError(
      lineOfRow(text, place + 1, delimiter),
      `the number of fields is ${row.length}, and ${header.length} in the header`,
    );
  });
}

/** The separator with which the header names a column of texts; undefined if there is none. */
function delimiterOf(text: string): string | undefined {
  const header = text.split(/\r\n|\r|\n/, 1)[0]!;
  return DELIMITERS.find((delimiter) => {
    const [names = []] = Papa.parse<string[]>(header, { delimiter }).data;
    return textColumn(names) >= 0;
  });
}

function textColumn(header: readonly string[]): number {
  const names = header.map((name) => name.trim().toLowerCase());
  return TEXT_FIELDS.map((field) => names.indexOf(field)).find((column) => column >= 0) ?? -1;
}

/** A row may span lines, so the rows before it are read again to see where they end. */
function lineOfRow(text: string, row: number, delimiter: string): number {
  return lineAt(text, Papa.parse(text, { delimiter, preview: row }).meta.cursor);
}

function reasonOf(code: string): string {
  return code === "MissingQuotes"
    ? "a quote is opened here and never closed"
    : "there is a quote where none may be";
}
