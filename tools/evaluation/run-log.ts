/** What a run has done so far, kept in a file so that a run that was killed goes on where it stopped. */
import { appendFile, mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTextIfThere } from "../json-file.ts";
import { UserError } from "../user-error.ts";

/** All that the rows depend on, by the name of the setting. */
export type Fingerprint = Readonly<Record<string, string | number>>;

export interface RunLog<Row> {
  /** Those of earlier runs, by their key. */
  done: ReadonlyMap<string, Row>;
  append: (...rows: Row[]) => Promise<void>;
}

/** What a line holds after the first. */
export interface RowForm<Row extends object> {
  isRow: (value: Partial<Row>) => value is Row;
  keyOf: (row: Row) => string;
}

/**
 * Opens a file of JSON lines in a folder, or starts it: its first line is the fingerprint, each further one a row. A line that a kill
 * left unfinished is removed.
 *
 * @throws UserError if the file was written with other settings, naming them and what to do
 */
export async function openRunLog<Row extends object>(
  folder: string,
  file: string,
  fingerprint: Fingerprint,
  { isRow, keyOf }: RowForm<Row>,
): Promise<RunLog<Row>> {
  const path = join(folder, file);
  await mkdir(folder, { recursive: true });
  const done = new Map<string, Row>();
  const text = (await readTextIfThere(path)) ?? "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const [first, ...lines] = whole.split("\n").slice(0, -1);
  if (first === undefined) {
    await writeFile(path, `${JSON.stringify({ settings: fingerprint })}\n`);
  } else {
    checkFingerprint(path, first, fingerprint);
    for (const [index, line] of lines.entries()) {
      const row = parseObject(line) as Partial<Row> | undefined;
      if (!row || !isRow(row)) {
        throw new UserError(`${path}, line ${index + 2}: this is no result. ${START_AFRESH}`);
      }
      done.set(keyOf(row), row);
    }
    if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
  }
  return {
    done,
    append: (...rows) => appendFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join("")),
  };
}

const START_AFRESH = "Remove the file to start afresh, or choose another --out.";

function checkFingerprint(path: string, line: string, expected: Fingerprint): void {
  const found = parseObject(line)?.["settings"] as Record<string, unknown> | undefined;
  if (typeof found !== "object" || found === null) {
    throw new UserError(`${path} does not begin with the settings of a run. ${START_AFRESH}`);
  }
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  const differing = [...names].filter((name) => found[name] !== expected[name]);
  if (differing.length === 0) return;
  const list = differing.map(
    (name) => `${name} ${brief(name, found[name])} there, ${brief(name, expected[name])} now`,
  );
  throw new UserError(
    `${path} is of a run with other settings (${list.join("; ")}). Repeat those settings to go on with it. ${START_AFRESH}`,
  );
}

function brief(name: string, value: unknown): string {
  const text = String(value ?? "unset");
  return name.endsWith("Sha256") ? `${text.slice(0, 8)}…` : text;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
