/** Signs of life of a job's lanes: who works on one, and when it last did. */
import { instanceId, type JobBindings, type JobRun } from "./job-bindings.ts";
import { beatKey, type JobAddress } from "./job-keys.ts";

export interface Beat {
  /** Of the instance that works on the lane. */
  turn: number;
  atMs: number;
}

export async function readBeat(
  bucket: R2Bucket,
  job: JobAddress,
  lane: number,
): Promise<Beat | null> {
  const object = await bucket.head(beatKey(job, lane));
  return (
    object && {
      turn: Number(object.customMetadata?.["turn"]),
      atMs: object.uploaded.getTime(),
    }
  );
}

export async function writeBeat(bucket: R2Bucket, run: JobRun): Promise<void> {
  const customMetadata = { turn: String(run.turn) };
  await bucket.put(beatKey(run, run.lane), "", { customMetadata });
}

/**
 * Starts a lane's next instance, unless someone else just has. It counts as alive from now on: if it does not show itself, the next look passes
 * it over.
 */
export async function startInstance(env: JobBindings, run: JobRun): Promise<void> {
  await Promise.all([create(env, run), writeBeat(env.JOB_BUCKET, run)]);
}

async function create(env: JobBindings, run: JobRun): Promise<void> {
  try {
    await env.JOBS.create({ id: instanceId(run), params: run });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("already_exists"))) throw error;
  }
}
