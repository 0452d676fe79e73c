/** What is done with a job that has ended. */
import { writeFile } from "node:fs/promises";
import type { RerankClient } from "../../client.ts";
import type { Job } from "../../job-types.ts";
import { jobStatus } from "../../jobs.ts";
import { CommandError } from "../failure.ts";
import { reasonOf } from "../read-documents.ts";
import type { Terminal } from "../terminal.ts";
import type { Display } from "./display.ts";
import { downloadResults } from "./download-results.ts";
import { folderOf } from "./input-files.ts";
import type { BatchPlan } from "./options.ts";
import { spokenCount } from "./pace.ts";
import { anotherJob, type SavedRun } from "./saved-run.ts";
import { UPLOADS_TAG } from "./start-job.ts";

export interface Finish {
  run: SavedRun;
  results: NonNullable<BatchPlan["results"]>;
  errors: string | undefined;
  /** Whether the uploaded files stay. */
  keep: boolean | undefined;
  display: Display;
  terminal: Terminal;
}

/** @throws CommandError of a job that did not end well */
export async function finishJob(client: RerankClient, job: Job, finish: Finish): Promise<void> {
  const { run, results, errors, keep, display, terminal } = finish;
  if (errors !== undefined) await writeErrors(client, job, errors, terminal);
  if (jobStatus(job) !== "Completed") {
    run.save(anotherJob());
    throw new CommandError(`${reasonOfEnd(job, errors)}${usesOf(job, run)}`);
  }
  await downloadResults(
    client,
    {
      job: job.name,
      ...results,
      onProgress: (done) =>
        display.show({ label: "downloading", unit: "bytes", done, total: null }),
    },
    terminal,
  );
  if (!keep) await deleteUploads(client, job, display, terminal.signal);
  run.forget();
  const { scored = 0, failed = 0 } = job.properties.progress ?? {};
  const rows = `${spokenCount(scored)} rows scored`;
  if (failed === 0) display.note(`${rows}.`);
  else display.warn(`${rows}, ${spokenCount(failed)} not: see ${errors ?? "--errors"}.`);
}

function reasonOfEnd(job: Job, errors: string | undefined): string {
  const { name, properties } = job;
  if (jobStatus(job) === "Canceled") return `The job ${name} was canceled.`;
  const { error, progress } = properties;
  const reason = error ? `: ${error.message.replace(/[^.!?]$/, "$&.")}` : ".";
  const rows = progress?.failed ? ` Its rows that failed: see ${errors ?? "--errors"}.` : "";
  return `The job ${name} failed${reason}${rows}`;
}

function usesOf(job: Job, run: SavedRun): string {
  const folder = uploadsOf(job);
  if (folder === undefined) return "";
  const use = run.isKept ? " for the same command, also with other options" : "";
  return ` Its uploaded files are kept${use}: files/${folder}.`;
}

/** An empty file says that nothing failed. */
async function writeErrors(
  client: RerankClient,
  { name, properties }: Job,
  output: string,
  terminal: Terminal,
): Promise<void> {
  if (properties.results?.errors)
    return downloadResults(client, { job: name, format: "errors", output }, terminal);
  if (output === "-") return;
  try {
    await writeFile(output, "");
  } catch (error) {
    throw new CommandError(`${output} cannot be written: ${reasonOf(error)}.`);
  }
}

/** The folder of the files that this command, or the one that started the job, has uploaded for it. */
function uploadsOf({ properties }: Job): string | undefined {
  const id = properties.tags?.[UPLOADS_TAG];
  return id !== undefined && /^[0-9a-f]{32}$/.test(id) ? folderOf(id) : undefined;
}

async function deleteUploads(
  client: RerankClient,
  job: Job,
  display: Display,
  signal: AbortSignal,
): Promise<void> {
  const prefix = uploadsOf(job);
  if (prefix === undefined) return;
  try {
    const names: string[] = [];
    for await (const { value } of client.files.list({ prefix, signal }))
      names.push(...value.map(({ name }) => name));
    for (const name of names) await client.files.delete(name, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    display.note(`The uploaded files could not be deleted: files/${prefix}.`);
  }
}
