/** Where a command begins: at what an earlier one has reached, or anew. */
import type { RerankClient } from "../../client.ts";
import { isRerankError } from "../../errors.ts";
import type { Display } from "./display.ts";
import {
  anotherJob,
  newState,
  readState,
  savedRun,
  stateFileOf,
  type Prints,
  type RunState,
  type SavedRun,
} from "./saved-run.ts";

/** What an earlier command has begun with the same files and options, or a new run; either is in its file now. */
export async function openRun(
  client: RerankClient,
  prints: Prints,
  output: string | undefined,
  { display, signal }: { display: Display; signal: AbortSignal },
): Promise<SavedRun> {
  const path = stateFileOf(output);
  const found = path === undefined ? undefined : readState(path);
  const state = found && (await takenUp(client, found, prints, display, signal));
  const run = savedRun(state ?? newState(prints), path);
  run.save({});
  return run;
}

/** @param output - Where an earlier command may have left a state, which then ends with the job. */
export function runOfJob(job: string, output: string | undefined): SavedRun {
  const path = stateFileOf(output);
  const found = path === undefined ? undefined : readState(path);
  return found?.job === job
    ? savedRun(found, path)
    : savedRun({ ...newState({ files: "", options: "" }), job }, undefined);
}

async function takenUp(
  client: RerankClient,
  found: RunState,
  prints: Prints,
  { note }: Display,
  signal: AbortSignal,
): Promise<RunState | undefined> {
  const { job } = found;
  if (found.files === prints.files && found.options === prints.options) {
    if (job !== undefined && !(await isThere(client, job, signal))) {
      note(`Begins anew: the job ${job} of an earlier command is not there any longer.`);
      return undefined;
    }
    note("Goes on with what an earlier command has begun.");
    return found;
  }
  if (found.files === prints.files && job === undefined) {
    note("Goes on with the uploads of an earlier command, for a job of other options.");
    return { ...found, ...prints, ...anotherJob() };
  }
  const what = found.files === prints.files ? "options" : "files";
  note(`Begins anew: an earlier command had other ${what}.${job ? ` Its job is ${job}.` : ""}`);
  return undefined;
}

async function isThere(client: RerankClient, job: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.jobs.get(job, { signal });
    return true;
  } catch (error) {
    if (isRerankError(error) && error.status === 404) return false;
    throw error;
  }
}
