/** The texts of queries and documents: a line each, of TSV or of JSON, read for the few whose ids are wanted. */
import { isObject } from "../../protocols/azure-ml-input.ts";
import { unreadable, type Unreadable } from "./file-problem.ts";
import { idFilter } from "./trec-id-filter.ts";
import { scanLines, type OnLine, type TextFile } from "./trec-lines.ts";
import { parseRunLine } from "./trec-run.ts";
import type { RunWindow, WantedText } from "./trec-window.ts";

/** How the objects of a file of JSON lines name things; of several that are there the first counts. */
export interface TextNames {
  id: readonly string[];
  text: readonly string[];
  /** Stands before the text, with a space between. */
  title?: string;
}

export const QUERY_NAMES: TextNames = {
  id: ["_id", "id", "query_id"],
  text: ["text", "query"],
};

export const DOCUMENT_NAMES: TextNames = {
  id: ["_id", "id", "docid", "document_id"],
  text: ["text", "contents", "document"],
  title: "title",
};

const TAB = 0x09;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const COLON = 0x3a;
const BRACE = 0x7b;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** What stands against a file as texts by its first line: `wrong_file`. */
export function checkTexts({ file, head }: TextFile): Unreadable | undefined {
  if (head.startsWith("{")) return undefined;
  const [line = ""] = head.split(/\r?\n/, 1);
  if (/^\S+\s+q?0\s/i.test(line) && parseRunLine(line).queryId !== "") {
    const reason = "The file's first line is one of a TREC run; it must be an id and a text.";
    return unreadable(file.name, "wrong_file", reason);
  }
  if (line.includes("\t")) return undefined;
  const reason = "The file's first line is neither a JSON object nor an id, a tab and a text.";
  return unreadable(file.name, "wrong_file", reason);
}

/**
 * Looks the window's texts up in a file, and sets those that it has; of an id that is there twice the first. A line that cannot be read
 * has no text for anyone.
 *
 * Problems: `input_changed`, `input_gone`.
 */
export async function findTexts(
  bucket: R2Bucket,
  { file, head }: TextFile,
  names: TextNames,
  wanted: RunWindow["queries"],
  setText: RunWindow["setText"],
): ReturnType<typeof scanLines> {
  const mayBeWanted = idFilter(wanted.keys());
  const find = (id: string): WantedText | undefined => {
    const found = id === "" ? undefined : wanted.get(id);
    return found?.text === null ? found : undefined;
  };
  const onLine = head.startsWith("{") ? jsonLine() : tabLine();
  return scanLines(bucket, file, onLine);

  function tabLine(): OnLine {
    return (bytes, start, end) => {
      const tab = bytes.indexOf(TAB, start);
      if (tab < 0 || tab >= end || !mayBeWanted(bytes, start, tab)) return;
      const id = decodedId(bytes.subarray(start, tab));
      const found = id === undefined ? undefined : find(id);
      if (found) setText(found, bytes.slice(tab + 1, end));
    };
  }

  function jsonLine(): OnLine {
    /** What the first object calls its id. */
    let idName: string | undefined;
    let idKey: Uint8Array | undefined;
    return (bytes, start, end) => {
      const range = idKey && leadingId(bytes, start, end, idKey);
      if (range && !mayBeWanted(bytes, range.start, range.end)) return;
      const object = objectOf(bytes.subarray(start, end));
      if (object === undefined) return;
      idName ??= names.id.find((name) => Object.hasOwn(object, name));
      if (idName === undefined) return;
      idKey ??= encoder.encode(`"${idName}"`);
      const id = object[idName];
      const found = typeof id === "string" || typeof id === "number" ? find(String(id)) : undefined;
      const text = found && textOf(object, names);
      if (found && text !== undefined) setText(found, encoder.encode(text));
    };
  }
}

/**
 * The characters of the id that an object begins with, so that most objects need not be parsed; undefined if it begins with another
 * name, or its id is no plain string.
 */
function leadingId(
  bytes: Uint8Array,
  lineStart: number,
  end: number,
  key: Uint8Array,
): { start: number; end: number } | undefined {
  let at = skipSpaces(bytes, lineStart);
  if (bytes[at] !== BRACE) return undefined;
  at = skipSpaces(bytes, at + 1);
  for (const byte of key) if (bytes[at++] !== byte) return undefined;
  at = skipSpaces(bytes, at);
  if (bytes[at] !== COLON) return undefined;
  at = skipSpaces(bytes, at + 1);
  if (bytes[at] !== QUOTE) return undefined;
  const start = ++at;
  while (at < end && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) at++;
  return at < end && bytes[at] === QUOTE ? { start, end: at } : undefined;
}

function skipSpaces(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return at;
}

function objectOf(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(object: Record<string, unknown>, names: TextNames): string | undefined {
  const text = names.text.map((name) => object[name]).find((value) => typeof value === "string");
  const title = names.title === undefined ? undefined : object[names.title];
  if (typeof text !== "string") return undefined;
  return typeof title === "string" ? `${title} ${text}`.trim() : text;
}

function decodedId(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
