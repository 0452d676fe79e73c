/** A job's last steps: its parts become result files, its record says how it ended, and what was only needed on the way is deleted. */
import { writeLog } from "../observe/log.ts";
import { deleteSome } from "./delete-job.ts";
import type { JobBindings, JobRun } from "./job-bindings.ts";
import {
  activeKey,
  FORMATS,
  mergeKey,
  beatKey,
  RESULT_FILES,
  resultKey,
  resultPrefix,
  workPrefix,
  type JobAddress,
  type ResultFormat,
} from "./job-keys.ts";
import { hasEnded, type JobError, type JobRecord, type JobStatus } from "./job-record.ts";
import { readJson, readRecord, readStop, writeJson, writeRecord, type Stop } from "./job-store.ts";
import { readLanes, sumOfLanes } from "./lane-state.ts";
import { mergeStep, type MergeCursor } from "./output/merge-parts.ts";
import { putOutput } from "./put-output.ts";
import { NOTHING } from "./totals.ts";
import type { StepLimits, Steps } from "./steps.ts";

const limits: StepLimits = { maxRetries: 20, timeoutSeconds: 900 };

const MERGE: StepLimits = { maxRetries: 5, timeoutSeconds: 900 };

const MERGE_ATTEMPTS = 3;

/** Objects that one step deletes at most. */
const DELETED_A_STEP = 20_000;

/** @returns "spent" if the next instance has to go on */
export async function finishJob(
  run: JobRun,
  { JOB_BUCKET: bucket }: JobBindings,
  steps: Steps,
  bucketName: string,
): Promise<"spent" | undefined> {
  const stop = await steps.do("finish", limits, async () => {
    const record = await readRecord(bucket, run);
    if (record === null || hasEnded(record)) return "ended" as const;
    await writeRecord(bucket, { ...record, status: "Finalizing" });
    return readStop(bucket, run);
  });
  if (stop !== "ended") {
    const isEnded = await writeResults(run, bucket, stop, steps, bucketName);
    if (!isEnded) return "spent";
  }
  for (let round = 0; ; round++) {
    if (steps.areSpent) return "spent";
    const more = await steps.do(`clean up ${round}`, limits, () => deleteWork(bucket, run));
    if (!more) break;
  }
  await steps.do("let go", limits, () => bucket.delete([activeKey(run), beatKey(run, run.lane)]));
  return undefined;
}

/** @returns Whether the job has ended; false if the steps are spent */
async function writeResults(
  job: JobAddress,
  bucket: R2Bucket,
  stop: Stop | null,
  steps: Steps,
  bucketName: string,
): Promise<boolean> {
  // Of a job that failed, what is wrong with its rows is all that is worth keeping.
  const formats: ResultFormat[] = stop === null ? FORMATS : ["errors"];
  for (const format of formats) {
    const isMerged = await mergeFormat(job, bucket, format, steps);
    if (!isMerged) return false;
  }
  const end = { status: stop?.as ?? "Completed", error: stop?.error ?? null } as const;
  await steps.do("end", limits, () => endJob(bucket, job, end, bucketName));
  return true;
}

/**
 * Merges the parts of a format. A merge that cannot go on, such as one whose upload has expired, is begun again.
 * @returns Whether it is done; false if the steps are spent
 */
async function mergeFormat(
  job: JobAddress,
  bucket: R2Bucket,
  format: ResultFormat,
  steps: Steps,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      for (let step = 0; ; step++) {
        if (steps.areSpent) return false;
        const name = `merge ${format} ${attempt} ${step}`;
        if (await steps.do(name, MERGE, () => mergeOn(bucket, job, format))) return true;
      }
    } catch (error) {
      if (steps.isSuperseded || attempt === MERGE_ATTEMPTS) throw error;
      const again = `merge ${format} again ${attempt}`;
      await steps.do(again, MERGE, () => bucket.delete(mergeKey(job, format)));
    }
  }
}

/** Merges on from where a merge has come to, and keeps what it has reached. @returns Whether it is done */
async function mergeOn(bucket: R2Bucket, job: JobAddress, format: ResultFormat): Promise<boolean> {
  const cursor = await readJson<MergeCursor>(bucket, mergeKey(job, format));
  const next = await mergeStep(bucket, job, format, cursor);
  if (next !== null) await writeJson(bucket, mergeKey(job, format), next);
  return next === null;
}

async function endJob(
  bucket: R2Bucket,
  job: JobAddress,
  end: { status: JobStatus; error: JobError | null },
  bucketName: string,
): Promise<void> {
  const record = await readRecord(bucket, job);
  if (record === null || hasEnded(record)) return;
  const { plan, request } = record;
  const put =
    end.status === "Completed" && request.output !== null
      ? await putOutput(bucket, record, bucketName)
      : null;
  const lanes = plan ? await readLanes(bucket, job, plan.lanes) : [];
  const ended: JobRecord = {
    ...record,
    ...end,
    ...(put && { status: "Failed", error: put }),
    endedAtMs: Date.now(),
    totals: sumOfLanes(lanes),
    results: await resultsOf(bucket, job),
  };
  await writeJson(bucket, `${resultPrefix(job)}manifest.json`, manifestOf(ended));
  await writeRecord(bucket, ended);
  tellEnd(ended);
}

function tellEnd({
  name,
  trace,
  model,
  status,
  error,
  totals,
  createdAtMs,
  endedAtMs,
}: JobRecord): void {
  const { scored: rows, failed, tokens } = totals ?? NOTHING;
  writeLog({
    level: status === "Failed" ? "error" : "info",
    event: "job",
    job: name,
    traceId: trace.traceId,
    model,
    status,
    ...(error && { code: error.code }),
    rows,
    failed,
    tokens,
    totalMs: endedAtMs! - createdAtMs,
  });
}

/** What the results' folder says about itself to whoever finds it in the bucket. */
function manifestOf({ name, model, status, error, plan, totals, results }: JobRecord): object {
  const files = results.map((format) => RESULT_FILES[format]);
  return { name, model, status, error, rows: plan?.rows ?? null, ...totals, files };
}

async function resultsOf(bucket: R2Bucket, job: JobAddress): Promise<ResultFormat[]> {
  const found = await Promise.all(
    FORMATS.map(async (format) => (await bucket.head(resultKey(job, format))) !== null),
  );
  return FORMATS.filter((_, index) => found[index]);
}

/** Deletes what the job has worked on. @returns Whether there is more */
async function deleteWork(bucket: R2Bucket, job: JobAddress): Promise<boolean> {
  for (let deleted = 0; deleted < DELETED_A_STEP;) {
    const some = await deleteSome(bucket, workPrefix(job));
    if (some === 0) return false;
    deleted += some;
  }
  return true;
}
