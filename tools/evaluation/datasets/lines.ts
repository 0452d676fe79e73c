/** Lines of text files, plain or gzip-compressed, each with the place that an error names. */
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { createGunzip } from "node:zlib";
import { UserError } from "../../user-error.ts";

export interface Line {
  /** Without its end. */
  text: string;
  /** "FILE, line 3": what errors begin with. */
  where: string;
}

/** A line that holds a JSON object. */
export interface JsonLine {
  value: Record<string, unknown>;
  where: string;
}

const MAX_NAMES = 12;

/**
 * The lines of a UTF-8 file in order, blank ones included; a name that ends in `.gz` is decompressed. A byte-order mark is dropped.
 * @throws UserError if the file is missing, damaged or not UTF-8; what the folder holds instead is named
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 0;
  let rest = "";
  const line = (text: string): Line => ({
    text: text.endsWith("\r") ? text.slice(0, -1) : text,
    where: `${path}, line ${++number}`,
  });
  for await (const chunk of decoded(path)) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop()!;
    for (const part of parts) yield line(part);
  }
  if (rest !== "") yield line(rest);
}

/**
 * The JSON objects of a JSON-lines file; blank lines are passed over.
 * @throws UserError as {@link readLines}, and for the first line that holds no JSON object
 */
export async function* readJsonLines(path: string): AsyncGenerator<JsonLine> {
  for await (const { text, where } of readLines(path)) {
    if (text.trim() === "") continue;
    const value = parseJson(text, where);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw malformed(where, "this is not a JSON object");
    }
    yield { value: value as Record<string, unknown>, where };
  }
}

/** @throws UserError that names the line */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(where, `this is not JSON (${(error as Error).message})`);
  }
}

/** The error of one line of a file. @param problem - A sentence without its end. */
export function malformed(where: string, problem: string): UserError {
  return new UserError(`${where}: ${problem}. Mend the line.`);
}

/**
 * A field as an id: a string that is not empty, or a number, which becomes its digits.
 * @throws UserError if the field is there and is neither; undefined if it is not there
 */
export function idField({ value, where }: JsonLine, key: string): string | undefined {
  const id = value[key];
  if (id === undefined || id === null) return undefined;
  if (typeof id === "number") return String(id);
  if (typeof id !== "string" || id === "") {
    throw malformed(where, `${key} is ${JSON.stringify(id)}, not an id`);
  }
  return checkedId(id, where);
}

/** @throws UserError if an id has white space in it, which TREC files cannot hold */
export function checkedId(id: string, where: string): string {
  if (/\s/.test(id)) throw malformed(where, `the id ${JSON.stringify(id)} has white space in it`);
  return id;
}

/** A field that must be text. @throws UserError if it is missing or anything else */
export function textField({ value, where }: JsonLine, key: string): string {
  const text = value[key];
  if (typeof text === "string") return text;
  throw malformed(where, text === undefined ? `${key} is missing` : `${key} is not a string`);
}

/** What a folder holds, for an error about something that it does not hold. */
export async function listing(folder: string): Promise<string> {
  let names: string[];
  try {
    names = (await readdir(folder)).sort();
  } catch {
    return `There is no folder ${folder}.`;
  }
  if (names.length === 0) return `${folder} is empty.`;
  const more = names.length > MAX_NAMES ? `, and ${names.length - MAX_NAMES} more` : "";
  return `${folder} holds ${names.slice(0, MAX_NAMES).join(", ")}${more}.`;
}

async function* decoded(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const stream = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  if (stream !== file) file.on("error", (error) => stream.destroy(error));
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  try {
    for await (const bytes of stream) yield decoder.decode(bytes as Uint8Array, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw await readError(path, error);
  } finally {
    file.destroy();
  }
}

async function readError(path: string, error: unknown): Promise<unknown> {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") {
    return new UserError(
      `${basename(path)} is not there. ${await listing(dirname(path))} Name a file that exists.`,
    );
  }
  if (code === "EISDIR") return new UserError(`${path} is a folder. Name a file.`);
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    return new UserError(`${path} is not UTF-8. Convert it first.`);
  }
  if (code.startsWith("Z_")) {
    return new UserError(
      `${path} is not whole gzip (${(error as Error).message}). Fetch it again.`,
    );
  }
  return error;
}
