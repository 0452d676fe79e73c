/** `rerank batch`: scores the rows of files as a job of a service. */
import type { RerankClient } from "../../client.ts";
import { isRerankError } from "../../errors.ts";
import type { Job } from "../../job-types.ts";
import { defineCommand, type Values } from "../command.ts";
import { connectToService } from "../connection.ts";
import type { Terminal } from "../terminal.ts";
import { startDisplay, type Display } from "./display.ts";
import { checkOutput, temporaryFileOf } from "./download-results.ts";
import { finishJob } from "./finish-job.ts";
import { followJob } from "./follow-job.ts";
import { filesPrint, fingerprint, inputFiles, type InputFile } from "./input-files.ts";
import { cancelJob, isToBeCanceled, takeUpLine } from "./interruption.ts";
import { openRun, runOfJob } from "./open-run.ts";
import {
  BATCH_HELP,
  BATCH_OPTIONS,
  batchPlan,
  type BatchInputs,
  type BatchPlan,
} from "./options.ts";
import { anotherJob, stateFileOf, type Prints, type SavedRun } from "./saved-run.ts";
import { jobProperties, startJob } from "./start-job.ts";

/** Eight minutes, in tries of at most eight seconds' wait: a service may start anew. */
const PATIENT_RETRIES = 60;

const NOTE_EVERY_MS = 10_000;

export const batchCommand = defineCommand({
  summary: "scores the rows of files, as a job of a service",
  synopsis: "-o OUTPUT [OPTIONS] FILE...",
  help: BATCH_HELP,
  options: BATCH_OPTIONS,
  async run(values, files, terminal) {
    const plan = batchPlan(values, files);
    const display = startDisplay(terminal.stderr, values.quiet === true);
    try {
      const client = await connectPatiently(values, terminal, display);
      await runBatch({ client, plan, values, terminal, display });
    } finally {
      display.end();
    }
  },
});

interface Batch {
  client: RerankClient;
  plan: BatchPlan;
  values: Values<typeof BATCH_OPTIONS>;
  terminal: Terminal;
  display: Display;
}

async function runBatch(batch: Batch): Promise<void> {
  const { client, plan, values, terminal, display } = batch;
  const { source, results, errors } = plan;
  const { signal } = terminal;
  for (const output of outputsOf(plan)) await checkOutput(output);
  const files = source.kind === "new" ? await inputFiles(source.inputs, writtenBy(plan)) : [];
  const run =
    source.kind === "new"
      ? await openRun(client, printsOf(batch, source.inputs, files), results?.output, {
          display,
          signal,
        })
      : runOfJob(source.job, results?.output);
  let ended: Job | undefined;
  try {
    if (source.kind === "new")
      await startJob(client, run, { inputs: source.inputs, files, plan, values, display, signal });
    const name = run.state.job!;
    if (results === undefined) return void terminal.stdout.write(`${name}\n`);
    if (source.kind === "new") display.note(`The job is ${name}.`);
    ended = await followJob(client, name, display, signal);
    await finishJob(client, ended, { run, results, errors, keep: values.keep, display, terminal });
  } catch (error) {
    display.end();
    const canGoOn = isRerankError(error) && error.retryable;
    if (signal.aborted || canGoOn) await leave(batch, run, ended);
    throw error;
  }
}

function outputsOf({ results, errors }: BatchPlan): string[] {
  return [results?.output, errors].filter((path) => path !== undefined);
}

/** Files beside the inputs, or among them. */
function writtenBy(plan: BatchPlan): string[] {
  const outputs = outputsOf(plan);
  const state = stateFileOf(plan.results?.output);
  return [...outputs, ...outputs.map(temporaryFileOf), ...(state ? [state, `${state}.new`] : [])];
}

function printsOf(
  { plan, values, terminal }: Batch,
  inputs: BatchInputs,
  files: readonly InputFile[],
): Prints {
  const server = values.server ?? terminal.env["RERANK_BASE_URL"] ?? "";
  return {
    files: filesPrint(server, files),
    options: fingerprint(inputs.kind, jobProperties(plan, values)),
  };
}

/** What a command says that the user, or a service that stays away, has ended, and what becomes of its job. */
async function leave(
  { client, values, terminal }: Batch,
  run: SavedRun,
  ended: Job | undefined,
): Promise<void> {
  const { job } = run.state;
  if (job === undefined) {
    if (run.isKept)
      terminal.stderr.write(
        "What is uploaded is kept for some days: the same command goes on with it.\n",
      );
    return;
  }
  const asks = terminal.signal.aborted && ended === undefined;
  if (asks && (await isToBeCanceled(terminal))) {
    if (await cancelJob(client, job, terminal)) run.save(anotherJob());
    return;
  }
  const state = ended === undefined ? "goes on" : "has ended";
  terminal.stderr.write(
    `The job ${job} ${state}. To take it up again:\n  ${takeUpLine(job, values)}\n`,
  );
}

/**
 * A client that says seldom that it waits for the service, unless the environment asks for its log.
 * @throws UsageError without an address, CommandError without the key's file
 */
function connectPatiently(
  values: Values<typeof BATCH_OPTIONS>,
  terminal: Terminal,
  display: Display,
): Promise<RerankClient> {
  const maxRetries = PATIENT_RETRIES;
  if (terminal.env["RERANK_LOG"]) return connectToService(values, terminal, { maxRetries });
  let toldMs = -Infinity;
  const tell = (): void => {
    if (Date.now() - toldMs < NOTE_EVERY_MS) return;
    toldMs = Date.now();
    display.note("The service does not answer, or cannot now: it is asked again.");
  };
  const logger = { error: tell, warn: tell, info: tell, debug() {} };
  return connectToService(values, terminal, { maxRetries, logger, logLevel: "info" });
}
