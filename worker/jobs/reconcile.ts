/**
 * Finds jobs whose instances died and lets the next ones take them on. Cloudflare keeps instances alive by itself; one can still end by a bug or
 * an operator's hand, and locally, one whose workerd was killed stands still for ever.
 */
import { readBeat, startInstance } from "./beats.ts";
import { instanceId, type JobBindings } from "./job-bindings.ts";
import { ACTIVE_PREFIX, activeKey, type JobAddress } from "./job-keys.ts";
import type { JobRecord } from "./job-record.ts";
import { readRecord } from "./job-store.ts";
import { readLanes } from "./lane-state.ts";

/** Jobs that one look takes on at most; the next one has the others. */
const MAX_JOBS = 200;

/** @param staleSeconds - Without a sign of life after which a lane counts as dead. */
export async function reconcileJobs(env: JobBindings, staleSeconds: number): Promise<void> {
  const { objects } = await env.JOB_BUCKET.list({ prefix: ACTIVE_PREFIX, limit: MAX_JOBS });
  for (const { key, uploaded } of objects) {
    const [scope, name] = key.slice(ACTIVE_PREFIX.length).split("/") as [string, string];
    const isOld = Date.now() - uploaded.getTime() > staleSeconds * 1_000;
    await reconcile(env, { scope, name }, staleSeconds * 1_000, isOld);
  }
}

async function reconcile(
  env: JobBindings,
  job: JobAddress,
  staleMs: number,
  isOld: boolean,
): Promise<void> {
  const bucket = env.JOB_BUCKET;
  const record = await readRecord(bucket, job);
  if (record === null) {
    // Its caller never got an answer, or has deleted it.
    if (isOld) await bucket.delete(activeKey(job));
    return;
  }
  for (const lane of await unfinishedLanes(bucket, record)) {
    const beat = await readBeat(bucket, job, lane);
    const lastMs = beat?.atMs ?? record.createdAtMs;
    if (Date.now() - lastMs <= staleMs) continue;
    if (beat) await end(env, instanceId({ ...job, lane, turn: beat.turn }));
    await startInstance(env, { ...job, lane, turn: (beat?.turn ?? -1) + 1 });
  }
}

/** Those that score; when all have, the one that finishes, which is any. */
async function unfinishedLanes(bucket: R2Bucket, record: JobRecord): Promise<number[]> {
  if (record.plan === null) return [0];
  const lanes = await readLanes(bucket, record, record.plan.lanes);
  const unfinished = lanes.flatMap(({ isComplete }, lane) => (isComplete ? [] : [lane]));
  if (unfinished.length > 0) return unfinished;
  const beats = await Promise.all(lanes.map((_, lane) => readBeat(bucket, record, lane)));
  const latest = beats.reduce(
    (best, beat, lane) => ((beat?.atMs ?? 0) > (beats[best]?.atMs ?? 0) ? lane : best),
    0,
  );
  return [latest];
}

/** So that it does not come back to life beside the next one. An instance that is gone or has ended need not be ended. */
async function end(env: JobBindings, id: string): Promise<void> {
  try {
    const instance = await env.JOBS.get(id);
    await instance.terminate();
  } catch {
    return;
  }
}
