/** How far the lanes of a job have come. */
import { laneKey, type JobAddress } from "./job-keys.ts";
import { readJson, writeJson } from "./job-store.ts";
import { NOTHING, sumOf, type Totals } from "./totals.ts";

export interface LaneState extends Totals {
  /** Shards of the lane that are scored, from its first on. */
  done: number;
  /** Whether these are all. */
  isComplete: boolean;
}

export const LANE_START: LaneState = { ...NOTHING, done: 0, isComplete: false };

export async function readLane(
  bucket: R2Bucket,
  job: JobAddress,
  lane: number,
): Promise<LaneState> {
  return (await readJson<LaneState>(bucket, laneKey(job, lane))) ?? LANE_START;
}

export async function writeLane(
  bucket: R2Bucket,
  job: JobAddress,
  lane: number,
  state: LaneState,
): Promise<void> {
  await writeJson(bucket, laneKey(job, lane), state);
}

export async function readLanes(
  bucket: R2Bucket,
  job: JobAddress,
  lanes: number,
): Promise<LaneState[]> {
  return Promise.all(Array.from({ length: lanes }, (_, lane) => readLane(bucket, job, lane)));
}

export function sumOfLanes(states: readonly LaneState[]): Totals & { shardsDone: number } {
  return { ...sumOf(states), shardsDone: states.reduce((sum, { done }) => sum + done, 0) };
}
