/**
 * READ FIRST. One instance of a job's workflow: it takes the job on from wherever it has come to.
 *
 * prepare (`prepare-inputs.ts`) and plan (`plan-job.ts`) by lane 0, score (`lane.ts`) by all lanes, finish (`finish-job.ts`) by the last one. All
 * that is reached lies in the bucket, and every step writes the same however often it runs. So an instance is expendable: when it has spent
 * its steps, or has died and `reconcile.ts` has noticed, the next one starts here.
 */
import type { WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import { publicError } from "../public-error.ts";
import { findModel, type ServedModel } from "../models.ts";
import type { Settings } from "../settings.ts";
import { startInstance } from "./beats.ts";
import { finishJob } from "./finish-job.ts";
import type { JobBindings, JobRun } from "./job-bindings.ts";
import { hasEnded, jobErrorOf, type JobPlan, type JobRecord } from "./job-record.ts";
import { readRecord, readStop, requestStop, writeRecord } from "./job-store.ts";
import { followLane } from "./lane.ts";
import { readLane, readLanes, type LaneState } from "./lane-state.ts";
import { makePlan } from "./make-plan.ts";
import { planOn } from "./plan-job.ts";
import { listInputs, prepareFrom } from "./prepare-inputs.ts";
import { Steps, type StepLimits } from "./steps.ts";

/** Before the job's own are known. */
const OPENING: StepLimits = { maxRetries: 10, timeoutSeconds: 60 };

/** What an instance finds. */
interface Opened {
  record: JobRecord;
  lane: LaneState;
  mustStop: boolean;
}

export async function runJob(
  run: JobRun,
  env: JobBindings,
  step: WorkflowStep,
  { jobs }: Pick<Settings, "jobs">,
): Promise<void> {
  const steps = new Steps(run, env, step, (jobs.staleSeconds * 1_000) / 3);
  try {
    await takeOn(run, env, steps, jobs.bucketName);
  } catch (error) {
    if (steps.isSuperseded) return;
    const message = `A step failed again and again: ${messageOf(error)}`;
    await steps.do("fail", OPENING, () =>
      requestStop(env.JOB_BUCKET, run, { as: "Failed", error: { code: "internal", message } }),
    );
    await finish(run, env, steps, jobs.bucketName);
  }
}

async function takeOn(
  run: JobRun,
  env: JobBindings,
  steps: Steps,
  bucketName: string,
): Promise<void> {
  const bucket = env.JOB_BUCKET;
  const opened = await steps.do("open", OPENING, () => open(run, bucket));
  if (opened === null) return;
  if (opened.mustStop) return finish(run, env, steps, bucketName);
  let { record } = opened;
  if (record.plan === null) {
    const planned = await prepareAndPlan(run, env, record, steps, bucketName);
    if (planned === "spent") return next(run, env, steps);
    if (planned === "stopped") return finish(run, env, steps, bucketName);
    record = planned;
  }
  const plan = record.plan!;
  if (!opened.lane.isComplete) {
    const model = await modelOf(record, env);
    const end = await followLane({ env, run, record, plan, model }, opened.lane, steps);
    if (end === "spent") return next(run, env, steps);
    if (end === "stopped") return finish(run, env, steps, bucketName);
  }
  const isLast = await steps.do("look around", OPENING, async () => {
    const lanes = await readLanes(bucket, run, plan.lanes);
    return lanes.every(({ isComplete }) => isComplete);
  });
  if (isLast) await finish(run, env, steps, bucketName);
}

async function open(run: JobRun, bucket: R2Bucket): Promise<Opened | null> {
  const record = await readRecord(bucket, run);
  if (record === null) return null;
  const [lane, stop] = await Promise.all([readLane(bucket, run, run.lane), readStop(bucket, run)]);
  return { record, lane, mustStop: stop !== null || hasEnded(record) };
}

async function prepareAndPlan(
  run: JobRun,
  env: JobBindings,
  record: JobRecord,
  steps: Steps,
  bucketName: string,
): Promise<JobRecord | "spent" | "stopped"> {
  const bucket = env.JOB_BUCKET;
  const limits = record.request;
  const listed = await steps.do("list inputs", limits, async () => {
    await writeRecord(bucket, {
      ...record,
      status: "Preparing",
      startedAtMs: record.startedAtMs ?? Date.now(),
    });
    const inputs = await listInputs(bucket, record, bucketName);
    if (inputs.ok) return inputs.value;
    await requestStop(bucket, run, { as: "Failed", error: jobErrorOf(inputs.failure) });
    return "stopped" as const;
  });
  if (listed === "stopped") return listed;
  let input: number | null = 0;
  while (input !== null) {
    if (steps.areSpent) return "spent";
    const first: number = input;
    input = await steps.do(`prepare ${first}`, limits, () => prepareFrom(bucket, record, first));
    if (await mustStop(steps, bucket, run, `after input ${first}`)) return "stopped";
  }
  for (let slice = 0; ; slice++) {
    if (steps.areSpent) return "spent";
    const isDone = await steps.do(`plan ${slice}`, limits, () => planOn(bucket, run, listed));
    if (isDone) break;
    if (await mustStop(steps, bucket, run, `after plan ${slice}`)) return "stopped";
  }
  const planned = await steps.do("decide", limits, async () => {
    const made = await makePlan(env, record, listed);
    if ("as" in made) await requestStop(bucket, run, made);
    return made;
  });
  if ("as" in planned) return "stopped";
  return steps.do("start", limits, () => start(run, env, planned));
}

/** Writes the plan, and starts the other lanes. */
async function start(run: JobRun, env: JobBindings, plan: JobPlan): Promise<JobRecord> {
  const record = (await readRecord(env.JOB_BUCKET, run))!;
  const running: JobRecord = { ...record, status: "Running", plan };
  await writeRecord(env.JOB_BUCKET, running);
  for (let lane = 1; lane < plan.lanes; lane++) {
    await startInstance(env, { scope: run.scope, name: run.name, lane, turn: 0 });
  }
  return running;
}

function mustStop(steps: Steps, bucket: R2Bucket, run: JobRun, when: string): Promise<boolean> {
  return steps.do(`look ${when}`, OPENING, async () => (await readStop(bucket, run)) !== null);
}

async function next(run: JobRun, env: JobBindings, steps: Steps): Promise<void> {
  await steps.do("hand on", OPENING, () => startInstance(env, { ...run, turn: run.turn + 1 }));
}

async function finish(
  run: JobRun,
  env: JobBindings,
  steps: Steps,
  bucketName: string,
): Promise<void> {
  const end = await finishJob(run, env, steps, bucketName);
  if (end === "spent") await next(run, env, steps);
}

/** A model that was there when the job was planned may have gone since. */
async function modelOf({ model }: JobRecord, env: JobBindings): Promise<ServedModel> {
  const found = await findModel(model, env);
  if (!found.ok) throw new NonRetryableError(publicError(found.failure).message);
  return found.value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "no reason was given";
}
