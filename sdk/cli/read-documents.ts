/** Reading the documents that a command is given, from files and stdin. */
import { readFile } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { buffer } from "node:stream/consumers";
import { listOption, wordOption, type Values } from "./command.ts";
import { CommandError, UsageError } from "./failure.ts";
import {
  DOCUMENT_FORMATS,
  formatOf,
  parseDocuments,
  type InputDocument,
} from "./parse-documents.ts";
import type { Terminal } from "./terminal.ts";

/** Options of commands that read documents. */
export const DOCUMENT_OPTIONS = {
  format: { type: "string", short: "f" },
  field: { type: "string", multiple: true },
  column: { type: "string", multiple: true },
  "no-header": { type: "boolean" },
} as const;

export const DOCUMENT_HELP = `Documents come from files, or from stdin where the file is - or there is none:
  .txt and others   a line each
  .jsonl, .ndjson   a string or an object a line;  .json  a list of them
  .csv, .tsv        a record each, after the first, which names the columns

  -f, --format FORMAT   ${DOCUMENT_FORMATS.join(", ")}: for stdin, and for names that say something else
      --field NAMES     fields of JSON objects that are ranked, such as title,body (default text)
      --column NAMES    columns that are ranked (default text, or the only one)
      --no-header       the first record is one, too; columns are named by numbers from 1`;

/**
 * All documents of some files, in their order.
 * @param files - Paths; "-" is stdin, and so is no file at all.
 * @throws UsageError without a file at a terminal, CommandError for what cannot be read
 */
export async function readDocuments(
  files: readonly string[],
  values: Values<typeof DOCUMENT_OPTIONS>,
  terminal: Terminal,
): Promise<InputDocument[]> {
  const format = wordOption("format", values.format, DOCUMENT_FORMATS);
  const fields = listOption(values.field ?? values.column);
  if (values.field && values.column)
    throw new UsageError("Fields are of JSON and columns of CSV: give --field or --column.");
  if (files.filter((file) => file === "-").length > 1)
    throw new UsageError("Stdin can be read once: name - once.");
  if (files.length === 0 && terminal.stdin.isTTY)
    throw new UsageError("Name a file with documents, or pipe them in.");
  const documents: InputDocument[] = [];
  for (const file of files.length === 0 ? ["-"] : files) {
    const name = file === "-" ? "stdin" : file;
    const text = new TextDecoder().decode(await bytesOf(file, terminal));
    const options = { format: format ?? formatOf(file), fields, hasHeader: !values["no-header"] };
    for (const document of parseDocuments(text, name, options)) documents.push(document);
  }
  return documents;
}

/** @throws CommandError for a file that cannot be read */
export async function bytesOf(file: string, { stdin, signal }: Terminal): Promise<Uint8Array> {
  if (file === "-") return buffer(addAbortSignal(signal, stdin));
  try {
    return await readFile(file, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new CommandError(`${file} cannot be read: ${reasonOf(error)}.`);
  }
}

/** Why a file cannot be read or written, to follow a colon. */
export function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
    case "EPERM":
      return "you may not";
    case "ENOSPC":
      return "the disk is full";
    default:
      return (error as Error).message;
  }
}
