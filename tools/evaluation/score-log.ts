/** The scores of the queries that are done, kept in a file so that a run that was killed goes on where it stopped. */
import { appendFile, mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTextIfThere } from "../json-file.ts";
import { UserError } from "../user-error.ts";

/** All that scores depend on, by the name of the setting. */
export type Fingerprint = Readonly<Record<string, string | number>>;

/** A query's line. */
export interface LoggedScores {
  queryId: string;
  /** `[candidates]`, in the first stage's order. */
  scores: number[];
  latencyMs: number;
}

export interface ScoreLog {
  /** By query id, those of earlier runs. */
  done: ReadonlyMap<string, LoggedScores>;
  append: (scores: LoggedScores) => Promise<void>;
}

export const SCORES_FILE = "scores.jsonl";

/**
 * Opens `scores.jsonl` in a folder, or starts it: its first line is the fingerprint, each further one a query. A line that a kill left
 * unfinished is removed.
 *
 * @throws UserError if the file was written with other settings, naming them and what to do
 */
export async function openScoreLog(folder: string, fingerprint: Fingerprint): Promise<ScoreLog> {
  const path = join(folder, SCORES_FILE);
  await mkdir(folder, { recursive: true });
  const done = new Map<string, LoggedScores>();
  const text = (await readTextIfThere(path)) ?? "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const [first, ...lines] = whole.split("\n").slice(0, -1);
  if (first === undefined) {
    await writeFile(path, `${JSON.stringify({ settings: fingerprint })}\n`);
  } else {
    checkFingerprint(path, first, fingerprint);
    for (const [index, line] of lines.entries()) {
      const scores = parseScores(line);
      if (!scores) {
        throw new UserError(`${path}, line ${index + 2}: these are no scores. ${START_AFRESH}`);
      }
      done.set(scores.queryId, scores);
    }
    if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
  }
  return {
    done,
    append: (scores) => appendFile(path, `${JSON.stringify(scores)}\n`),
  };
}

const START_AFRESH = "Remove the file to start afresh, or choose another --out.";

function checkFingerprint(path: string, line: string, expected: Fingerprint): void {
  let found: Record<string, unknown>;
  try {
    found = (JSON.parse(line) as { settings: Record<string, unknown> }).settings;
    if (typeof found !== "object" || found === null) throw new TypeError("no settings");
  } catch {
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

function parseScores(line: string): LoggedScores | undefined {
  try {
    const value = JSON.parse(line) as LoggedScores;
    const valid = typeof value.queryId === "string" && Array.isArray(value.scores);
    return valid ? value : undefined;
  } catch {
    return undefined;
  }
}
