/** What it takes to go on with a command that was ended: a small file beside the output, until its results are there. */
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { UploadState } from "../../files.ts";
import { CommandError } from "../failure.ts";
import { reasonOf } from "../read-documents.ts";

export interface RunState {
  /** Hash of the files' paths, sizes and times, and of the service's address. */
  files: string;
  /** Hash of what the job is told beside them. */
  options: string;
  /** Names the folder of the files at the service: 32 hexadecimal digits. */
  id: string;
  idempotencyKey: string;
  /** By the files' names at the service: those of which parts are there, and those that are there. */
  uploads: Record<string, UploadState | "done">;
  job?: string | undefined;
}

export interface SavedRun {
  state: RunState;
  /** Whether the same command can go on with it. */
  isKept: boolean;
  /** Changes the state, in the file, too. */
  save: (change: Partial<RunState>) => void;
  /** Deletes the file. */
  forget: () => void;
}

/** The file of an output's state; undefined of stdout, and of a job that is left to itself. */
export function stateFileOf(output: string | undefined): string | undefined {
  return output === undefined || output === "-" ? undefined : `${output}.batch-state`;
}

/** @param path - Of its file; undefined keeps it in memory alone. */
export function savedRun(state: RunState, path: string | undefined): SavedRun {
  return {
    state,
    isKept: path !== undefined,
    save(change) {
      Object.assign(state, change);
      if (path === undefined) return;
      try {
        // Whenever the process is ended, the file is whole.
        writeFileSync(`${path}.new`, `${JSON.stringify(state)}\n`);
        renameSync(`${path}.new`, path);
      } catch (error) {
        throw new CommandError(`${path} cannot be written: ${reasonOf(error)}.`);
      }
    },
    forget() {
      if (path !== undefined) rmSync(path, { force: true });
    },
  };
}

/** Hashes of what a run is made of. */
export type Prints = Pick<RunState, "files" | "options">;

export function newState(prints: Prints): RunState {
  return { ...prints, id: randomHex(), idempotencyKey: randomHex(), uploads: {} };
}

/** What changes for another job of the same uploads. */
export function anotherJob(): Pick<RunState, "job" | "idempotencyKey"> {
  return { job: undefined, idempotencyKey: randomHex() };
}

/** What an earlier command has left; undefined if nothing, or nothing that can be read. */
export function readState(path: string): RunState | undefined {
  try {
    const state = JSON.parse(readFileSync(path, "utf8")) as Partial<RunState> | null;
    const isWhole =
      [state?.files, state?.options, state?.idempotencyKey].every(
        (each) => typeof each === "string",
      ) &&
      /^[0-9a-f]{32}$/.test(state?.id ?? "") &&
      typeof state?.uploads === "object" &&
      state.uploads !== null;
    return isWhole ? (state as RunState) : undefined;
  } catch {
    return undefined;
  }
}

function randomHex(): string {
  return randomBytes(16).toString("hex");
}
