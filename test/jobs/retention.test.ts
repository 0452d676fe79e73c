import { beforeEach, expect, test } from "vitest";
import {
  activeKey,
  filePrefix,
  idempotencyKey,
  partKey,
  recordKey,
  resultKey,
} from "../../worker/jobs/job-keys.ts";
import { deleteJob } from "../../worker/jobs/delete-job.ts";
import { deleteExpired } from "../../worker/jobs/retention.ts";
import { useBucket } from "./bucket.ts";

const bucket = useBucket();
const FUTURE = new Date(Date.now() + 3_600_000);
const ONE = { scope: "one", name: "j1" };
const TWO = { scope: "two", name: "j2" };

async function keys(): Promise<string[]> {
  const { objects } = await bucket().list();
  return objects.map(({ key }) => key);
}

async function put(...names: string[]): Promise<void> {
  for (const name of names) await bucket().put(name, "x");
}

beforeEach(async () => {
  const there = await keys();
  if (there.length > 0) await bucket().delete(there);
});

const everythingOf = (job: typeof ONE): string[] => [
  `${filePrefix(job.scope)}a/b.csv`,
  idempotencyKey(job.scope, "hash"),
  recordKey(job),
  resultKey(job, "csv"),
  partKey(job, "csv", 0),
];

test("what is older than the date is deleted, of all callers", async () => {
  await put(...everythingOf(ONE), ...everythingOf(TWO));
  expect(await deleteExpired(bucket(), FUTURE)).toEqual({ deleted: 10, more: false });
  expect(await keys()).toEqual([]);
});

test("what is younger stays", async () => {
  await put(...everythingOf(ONE));
  const before = new Date(Date.now() - 3_600_000);
  expect(await deleteExpired(bucket(), before)).toEqual({ deleted: 0, more: false });
  expect(await keys()).toHaveLength(5);
});

test("a job that has not ended keeps all that is its own, and its caller's files", async () => {
  const ended = { scope: "one", name: "j0" };
  await put(activeKey(ONE), ...everythingOf(ONE), ...everythingOf(TWO));
  await put(recordKey(ended), resultKey(ended, "csv"), partKey(ended, "csv", 0));
  // Of another caller, and of a name that begins like it.
  await put(recordKey({ scope: "two", name: "j1" }), recordKey({ scope: "one", name: "j11" }));
  await deleteExpired(bucket(), FUTURE);
  expect(await keys()).toEqual([activeKey(ONE), ...everythingOf(ONE)].sort());
});

test("what is not of this service is never deleted", async () => {
  const foreign = ["active/files/x", "models/mine/weights", "files/x", "one/other/x", "x"];
  await put(...foreign);
  expect(await deleteExpired(bucket(), FUTURE)).toEqual({ deleted: 0, more: false });
  expect(await keys()).toEqual(foreign.toSorted());
});

test("a call looks at so many pages, and the next one goes on where it stopped", async () => {
  await put(...Array.from({ length: 21 }, (_, index) => `one/other/${index + 10}`));
  await put("two/files/old.csv");
  const reach = { pages: 1, pageObjects: 10 };
  expect(await deleteExpired(bucket(), FUTURE, reach)).toEqual({ deleted: 0, more: true });
  expect(await deleteExpired(bucket(), FUTURE, reach)).toEqual({ deleted: 0, more: true });
  expect(await deleteExpired(bucket(), FUTURE, reach)).toEqual({ deleted: 1, more: false });
  // From the beginning again, and nothing of its own is left behind.
  await put("a/files/old.csv");
  expect(await deleteExpired(bucket(), FUTURE)).toEqual({ deleted: 1, more: false });
  expect(await keys()).toHaveLength(21);
});

test("a job is deleted with its work and results, and nothing beside it", async () => {
  const beside = { scope: "one", name: "j11" };
  await put(...everythingOf(ONE), recordKey(beside), resultKey(beside, "csv"));
  await deleteJob(bucket(), ONE);
  expect(await keys()).toEqual(
    [
      `${filePrefix("one")}a/b.csv`,
      idempotencyKey("one", "hash"),
      recordKey(beside),
      resultKey(beside, "csv"),
    ].sort(),
  );
});
