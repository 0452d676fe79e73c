import { expect, test } from "vitest";
import { planPage } from "../../../worker/jobs/input/plan-page.ts";
import { JOB_LIMITS } from "../../../worker/limits.ts";
import type { Shard } from "../../../worker/jobs/source.ts";
import { useBucket } from "../bucket.ts";
import { memoryBucket } from "./memory-bucket.ts";
import { planAll, putSource, WIDE } from "./sources.ts";

const bucket = memoryBucket();
const realBucket = useBucket();

const FROM_START = { offset: 0, row: 0 };

const textsOf = (shards: readonly Shard[], content: string): string[] =>
  shards.map(({ start, end }) => content.slice(start, end));

test("a shard has at most maxShardRows rows", async () => {
  const content = "a\nb\nc\nd\ne";
  const source = await putSource(bucket, content);
  const shards = await planAll(bucket, source, { ...WIDE, maxShardRows: 2 });
  expect(shards).toEqual([
    { source: 0, firstRow: 0, rows: 2, start: 0, end: 4 },
    { source: 0, firstRow: 2, rows: 2, start: 4, end: 8 },
    { source: 0, firstRow: 4, rows: 1, start: 8, end: 9 },
  ]);
});

test("a shard has at most maxShardBytes bytes, but a longer row is one of its own", async () => {
  const content = "a\nb\nccccccccc\nd\ne\n";
  const source = await putSource(bucket, content);
  const shards = await planAll(bucket, source, { ...WIDE, maxShardBytes: 4 });
  expect(textsOf(shards, content)).toEqual(["a\nb\n", "ccccccccc\n", "d\ne\n"]);
});

test("rows end with a line feed, a carriage return or both, and not within quotes", async () => {
  const content = '"a\r\n\n""b",c\r\nd\re\n"f"';
  const source = await putSource(bucket, content);
  const shards = await planAll(bucket, source, { ...WIDE, maxShardRows: 1 });
  expect(textsOf(shards, content)).toEqual(['"a\r\n\n""b",c\r', "d\r", "e\n", '"f"']);
});

test("a quote that does not begin a field opens nothing", async () => {
  const content = 'a"b\n "c\nd"",e"\n';
  const source = await putSource(bucket, content);
  const [shard] = await planAll(bucket, source);
  expect(shard!.rows).toBe(3);
});

test("rows of JSON lines end with a line feed alone, whatever their quotes", async () => {
  const source = await putSource(bucket, '{"a":"\r"}\n"\n"\r\n', { format: "jsonl" });
  const [shard] = await planAll(bucket, source);
  expect(shard!.rows).toBe(3);
});

test("blank lines are no rows, but a line of delimiters is one", async () => {
  const source = await putSource(bucket, "\n  \n\t\n\r\na\n\n\n", { delimiter: "\t" });
  const [shard] = await planAll(bucket, source);
  expect(shard).toEqual({ source: 0, firstRow: 0, rows: 2, start: 4, end: 10 });
});

test.each(["", "\n\n", "  \r\n"])("a source of no rows, %j, has no shards", async (content) => {
  const source = await putSource(bucket, `h\n${content}`, { dataStart: 2 });
  const page = await planPage(bucket, source, 0, { offset: 2, row: 0 }, 10);
  expect(page).toEqual({ ok: true, shards: [], next: null });
});

test("a page ends after maxShards shards, and the next one begins with the row after them", async () => {
  const source = await putSource(bucket, "a\nb\n\nc\n");
  const limits = { ...WIDE, maxShardRows: 1 };
  const page = await planPage(bucket, source, 7, FROM_START, 2, limits);
  expect(page).toMatchObject({ next: { offset: 5, row: 2 } });
  expect(await planPage(bucket, source, 7, { offset: 5, row: 2 }, 2, limits)).toEqual({
    ok: true,
    shards: [{ source: 7, firstRow: 2, rows: 1, start: 5, end: 7 }],
    next: null,
  });
});

test("a quote that is never closed is named by its row, at the file's end and before", async () => {
  const end = await putSource(bucket, 'a\n\nb,"c\nd\n');
  expect(await planPage(bucket, end, 0, FROM_START, 10)).toMatchObject({
    ok: false,
    problem: { file: "rows.csv", row: 1, code: "unclosed_quote" },
  });
  const long = await putSource(bucket, `a\nb\n"${"c\n".repeat(50)}`);
  expect(
    await planPage(bucket, long, 0, FROM_START, 10, { ...WIDE, maxRowBytes: 20 }),
  ).toMatchObject({ ok: false, problem: { row: 2, code: "unclosed_quote" } });
});

test("a row may have maxRowBytes bytes and the end of its line, and no more", async () => {
  const limits = { ...WIDE, maxRowBytes: 5 };
  const fits = await putSource(bucket, "a\n12345\nb\n12345");
  expect(await planAll(bucket, fits, limits)).toMatchObject([{ rows: 4 }]);
  const over = await putSource(bucket, "a\n123456\nb\n");
  expect(await planPage(bucket, over, 0, FROM_START, 10, limits)).toMatchObject({
    ok: false,
    problem: { row: 1, code: "row_too_long", reason: expect.stringContaining("maxRowBytes of 5") },
  });
});

const run = (...queryIds: string[]): string =>
  queryIds.map((id) => `{"query_id":${JSON.stringify(id)},"query":"q","document":"d"}\n`).join("");
const RUN = { format: "jsonl", groupsByQuery: true } as const;

test("rows of one query are never separated", async () => {
  const source = await putSource(bucket, run("1", "1", "2", "2", "2", "2", '\\"', "3", "4"), RUN);
  const shards = await planAll(bucket, source, { ...WIDE, maxShardRows: 3 });
  expect(shards.map(({ firstRow, rows }) => [firstRow, rows])).toEqual([
    [0, 2],
    [2, 4],
    [6, 3],
  ]);
  const even = await putSource(bucket, run("1", "1", "2", "2", "2", "2", "3", "4", "5"), RUN);
  const byBytes = await planAll(bucket, even, { ...WIDE, maxShardBytes: (even.bytes / 9) * 3 });
  expect(byBytes.map(({ rows }) => rows)).toEqual([2, 4, 3]);
});

test("pages and short reads do not separate them either", async () => {
  const ids = Array.from({ length: 60 }, (_, index) => String(Math.floor(index / 7)));
  const source = await putSource(bucket, run(...ids), RUN);
  const limits = { ...WIDE, maxShardRows: 10, maxRowBytes: 60 };
  const shards = await planAll(bucket, source, limits, 1);
  expect(shards.map(({ rows }) => rows)).toEqual([7, 7, 7, 7, 7, 7, 7, 7, 4]);
});

test("one query has at most maxRunDepth rows, and not too many bytes", async () => {
  const source = await putSource(bucket, run("0", "1", "1", "1"), RUN);
  for (const narrow of [{ maxRunDepth: 2 }, { maxRunBytes: 100 }]) {
    expect(await planPage(bucket, source, 0, FROM_START, 10, { ...WIDE, ...narrow })).toMatchObject(
      { ok: false, problem: { row: 1, code: "over_limit" } },
    );
  }
  expect(await planAll(bucket, source, { ...WIDE, maxRunDepth: 3 })).toHaveLength(1);
});

test("files that were replaced or deleted are not read, of whatever length they are now", async () => {
  const source = await putSource(realBucket(), "a\nb\n".repeat(100));
  expect(await planPage(realBucket(), source, 0, { offset: 200, row: 100 }, 10)).toMatchObject({
    ok: true,
    shards: [{ rows: 100, start: 200, end: 400 }],
  });
  await realBucket().put(source.key, "other");
  expect(await planPage(realBucket(), source, 0, { offset: 200, row: 100 }, 10)).toMatchObject({
    ok: false,
    problem: { row: null, code: "input_changed" },
  });
  await realBucket().delete(source.key);
  expect(await planPage(realBucket(), source, 0, FROM_START, 10)).toMatchObject({
    ok: false,
    problem: { row: null, code: "input_gone" },
  });
});

test("a source of several reads is planned with the service's own limits", async () => {
  const row = `${"x".repeat(999)}\n`;
  const source = await putSource(realBucket(), row.repeat(13_000));
  const page = await planPage(realBucket(), source, 0, FROM_START, 1_000);
  if (!page.ok) throw new Error(page.problem.reason);
  const { shards } = page;
  expect(shards.reduce((sum, { rows }) => sum + rows, 0)).toBe(13_000);
  expect(new Set(shards.slice(0, -1).map(({ rows }) => rows))).toEqual(
    new Set([Math.floor(JOB_LIMITS.maxShardBytes / row.length)]),
  );
});
