import { expect, test } from "vitest";
import { JOB_LIMITS } from "../../worker/limits.ts";
import { COLUMN_DEFAULTS } from "../../worker/jobs/column-options.ts";
import { sourceKey } from "../../worker/jobs/job-keys.ts";
import { writeJson } from "../../worker/jobs/job-store.ts";
import { Plan, planOn, readPlanCursor } from "../../worker/jobs/plan-job.ts";
import type { Prepared } from "../../worker/jobs/prepare-inputs.ts";
import type { Source } from "../../worker/jobs/source.ts";
import { useBucket } from "./bucket.ts";

const bucket = useBucket();

const ROWS = 2 * JOB_LIMITS.maxShardRows + 1;

/** A CSV of three shards, as a job's input of that number. */
async function putSource(job: string, index: number, text = csvOf(ROWS)): Promise<void> {
  const key = `${job}-${index}.csv`;
  const { etag, size } = (await bucket().put(key, text))!;
  const value: Source = {
    name: key,
    key,
    etag,
    bytes: size,
    format: "csv",
    delimiter: ",",
    header: ["input_string"],
    columns: COLUMN_DEFAULTS,
    dataStart: text.indexOf("\n") + 1,
    groupsByQuery: false,
  };
  await writeJson(bucket(), sourceKey(addressOf(job), index), { ok: true, value });
}

function csvOf(rows: number): string {
  return `input_string\n${Array.from({ length: rows }, (_, row) => `text ${row}`).join("\n")}\n`;
}

const addressOf = (name: string) => ({ scope: "public", name });

test("pages hold the shards of all sources one after the other", async () => {
  for (const index of [0, 1, 2]) await putSource("pages", index);
  const job = addressOf("pages");
  while (!(await planOn(bucket(), job, 3, 2)));
  expect(await readPlanCursor(bucket(), job)).toMatchObject({ shards: 9, rows: 3 * ROWS });
  const plan = new Plan(bucket(), job, 2);
  const found = [];
  for (let number = 0; number < 9; number++) {
    const { shard, source } = (await plan.shard(number))!;
    expect(source!.name).toBe(`pages-${shard.source}.csv`);
    found.push([shard.source, shard.firstRow, shard.rows]);
  }
  const most = JOB_LIMITS.maxShardRows;
  const ofOne = (source: number) => [
    [source, 0, most],
    [source, most, most],
    [source, 2 * most, 1],
  ];
  expect(found).toEqual([...ofOne(0), ...ofOne(1), ...ofOne(2)]);
  // Backwards, too: another page and another source at each step.
  expect((await plan.shard(0))!.shard.firstRow).toBe(0);
});

test("a source that turns out to be unreadable in its middle counts for nothing", async () => {
  await putSource("middle", 0);
  await putSource("middle", 1, `${csvOf(ROWS)}"never closed\n`);
  await putSource("middle", 2);
  const job = addressOf("middle");
  while (!(await planOn(bucket(), job, 3, 2)));
  const cursor = await readPlanCursor(bucket(), job);
  expect(cursor).toMatchObject({ rows: 2 * ROWS, failedFiles: 1 });
  const plan = new Plan(bucket(), job, 2);
  let rows = 0;
  for (let number = 0; number < cursor.shards; number++) {
    const { shard, source } = (await plan.shard(number))!;
    expect(source === null).toBe(shard.source === 1);
    if (source) rows += shard.rows;
  }
  expect(rows).toBe(2 * ROWS);
  const failed = await bucket().get(sourceKey(job, 1));
  expect(await failed!.json<Prepared>()).toMatchObject({
    ok: false,
    problem: { file: "middle-1.csv", code: "unclosed_quote" },
  });
});

test("a plan that is begun again is the same", async () => {
  await putSource("again", 0);
  const job = addressOf("again");
  while (!(await planOn(bucket(), job, 1, 2)));
  const first = await new Plan(bucket(), job, 2).shard(2);
  await bucket().delete("public/work/again/plan-cursor");
  while (!(await planOn(bucket(), job, 1, 2)));
  expect(await new Plan(bucket(), job, 2).shard(2)).toEqual(first);
});

test("of a job whose work is deleted there is no shard", async () => {
  expect(await new Plan(bucket(), addressOf("gone")).shard(0)).toBeNull();
});
