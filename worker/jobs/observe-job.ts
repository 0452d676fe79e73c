/** A job as it is now: its record, and what its lanes have reached. */
import { readLanes, sumOfLanes } from "./lane-state.ts";
import type { Observed } from "./job-envelope.ts";
import type { JobAddress } from "./job-keys.ts";
import { hasEnded, type JobRecord } from "./job-record.ts";
import { readRecord, readStop } from "./job-store.ts";

export interface ObservedJob {
  record: JobRecord;
  observed: Observed | null;
}

/** @returns null if there is no such job of this caller */
export async function observeJob(bucket: R2Bucket, job: JobAddress): Promise<ObservedJob | null> {
  const record = await readRecord(bucket, job);
  if (record === null) return null;
  if (hasEnded(record)) return { record, observed: null };
  const [lanes, stop] = await Promise.all([
    record.plan ? readLanes(bucket, record, record.plan.lanes) : [],
    readStop(bucket, record),
  ]);
  return { record, observed: { reached: sumOfLanes(lanes), isStopping: stop !== null } };
}
