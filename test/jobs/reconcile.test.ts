import { beforeEach, expect, test } from "vitest";
import { readBeat, writeBeat } from "../../worker/jobs/beats.ts";
import type { JobBindings, JobRun } from "../../worker/jobs/job-bindings.ts";
import { activeKey } from "../../worker/jobs/job-keys.ts";
import type { JobRecord } from "../../worker/jobs/job-record.ts";
import { markActive, writeRecord } from "../../worker/jobs/job-store.ts";
import { LANE_START, writeLane } from "../../worker/jobs/lane-state.ts";
import { reconcileJobs } from "../../worker/jobs/reconcile.ts";
import { useBucket } from "./bucket.ts";

const bucket = useBucket();

const JOB = { scope: "public", name: "batchjob-1" };

const PLAN = {
  rows: 6,
  shards: 6,
  lanes: 2,
  concurrency: 1,
  route: "edge",
  failedFiles: 0,
} as const;

let started: JobRun[];
let ended: string[];
let existing: Set<string>;

/** Workflows as far as jobs know them. */
function bindings(): JobBindings {
  const JOBS = {
    async create({ id, params }: { id: string; params: JobRun }) {
      if (existing.has(id)) throw new Error("(instance.already_exists) it exists");
      existing.add(id);
      started.push(params);
    },
    async get(id: string) {
      if (!existing.has(id)) throw new Error("(instance.not_found) there is none");
      return { terminate: async () => void ended.push(id) };
    },
  };
  return { JOB_BUCKET: bucket(), JOBS: JOBS as unknown as JobBindings["JOBS"] };
}

async function jobOf(record: Partial<JobRecord>): Promise<void> {
  await markActive(bucket(), JOB);
  const whole = { ...JOB, status: "Running", plan: PLAN, createdAtMs: Date.now(), ...record };
  await writeRecord(bucket(), whole as JobRecord);
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(async () => {
  [started, ended, existing] = [[], [], new Set()];
  const { objects } = await bucket().list();
  if (objects.length > 0) await bucket().delete(objects.map(({ key }) => key));
});

test("who gives signs of life is left alone", async () => {
  await jobOf({});
  for (const lane of [0, 1]) await writeBeat(bucket(), { ...JOB, lane, turn: 0 });
  await reconcileJobs(bindings(), 60);
  expect(started).toEqual([]);
});

test("a silent lane gets its next instance, and the old one is ended", async () => {
  await jobOf({});
  existing.add("batchjob-1-1-4");
  await writeBeat(bucket(), { ...JOB, lane: 1, turn: 4 });
  await wait(1_200);
  await writeBeat(bucket(), { ...JOB, lane: 0, turn: 2 });
  await reconcileJobs(bindings(), 1);
  expect(started).toEqual([{ ...JOB, lane: 1, turn: 5 }]);
  expect(ended).toEqual(["batchjob-1-1-4"]);
  expect((await readBeat(bucket(), JOB, 1))?.turn).toBe(5);
});

test("of two that look at the same time, one starts it", async () => {
  await jobOf({ plan: null });
  await writeBeat(bucket(), { ...JOB, lane: 0, turn: 0 });
  await wait(50);
  const env = bindings();
  await Promise.all([reconcileJobs(env, 0.04), reconcileJobs(env, 0.04)]);
  expect(started).toEqual([{ ...JOB, lane: 0, turn: 1 }]);
});

test("an instance that was started and never showed itself is passed over", async () => {
  await jobOf({ plan: null });
  existing.add("batchjob-1-0-1");
  await writeBeat(bucket(), { ...JOB, lane: 0, turn: 0 });
  await wait(50);
  await reconcileJobs(bindings(), 0.04);
  expect(started).toEqual([]);
  await wait(50);
  await reconcileJobs(bindings(), 0.04);
  expect(started).toEqual([{ ...JOB, lane: 0, turn: 2 }]);
});

test("a job that was recorded and never started is started", async () => {
  await jobOf({ plan: null, createdAtMs: Date.now() - 1_000 });
  await reconcileJobs(bindings(), 0.5);
  expect(started).toEqual([{ ...JOB, lane: 0, turn: 0 }]);
});

test("a complete lane is not started again, and of a job that was being finished the last one is", async () => {
  await jobOf({ status: "Finalizing" });
  const complete = { ...LANE_START, done: 3, isComplete: true };
  for (const lane of [0, 1]) {
    await writeLane(bucket(), JOB, lane, complete);
    await writeBeat(bucket(), { ...JOB, lane, turn: 0 });
    await wait(20);
  }
  await reconcileJobs(bindings(), 60);
  expect(started).toEqual([]);
  await wait(50);
  await reconcileJobs(bindings(), 0.04);
  expect(started).toEqual([{ ...JOB, lane: 1, turn: 1 }]);
});

test("a mark without a job is taken away, once it is old", async () => {
  await markActive(bucket(), JOB);
  await reconcileJobs(bindings(), 60);
  expect(await bucket().head(activeKey(JOB))).not.toBeNull();
  await wait(20);
  await reconcileJobs(bindings(), 0.01);
  expect(await bucket().head(activeKey(JOB))).toBeNull();
});
