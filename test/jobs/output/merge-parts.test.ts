import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import {
  partKey,
  RESULT_FILES,
  resultKey,
  workPrefix,
  type JobAddress,
  type ResultFormat,
} from "../../../worker/jobs/job-keys.ts";
import { mergeStep, type MergeCursor } from "../../../worker/jobs/output/merge-parts.ts";
import { MERGE_LIMITS, type MergeLimits } from "../../../worker/jobs/output/merge-limits.ts";
import { partsOf } from "../../../worker/jobs/output/parts.ts";
import { useBucket } from "../bucket.ts";
import { labelRow, rankingRow } from "./rows.ts";

const MIB = 1024 * 1024;

/** Steps that are soon full; R2 refuses smaller pieces. */
const SMALL: MergeLimits = {
  ...MERGE_LIMITS,
  maxParts: 5,
  maxBytes: 7 * MIB,
  minPieceBytes: 5 * MIB,
  maxGroupParts: 3,
};

describe("merging a result's parts", () => {
  const bucket = useBucket();
  let jobs = 0;
  const newJob = (): JobAddress => ({ scope: "caller", name: `job-${jobs++}` });

  /** Runs each step `times` times, as through JSON. @returns How many steps there were */
  async function merge(
    job: JobAddress,
    format: ResultFormat,
    { times = 1, limits = MERGE_LIMITS } = {},
  ): Promise<number> {
    let cursor: MergeCursor | null = null;
    for (let steps = 1; ; steps++) {
      const from: string = JSON.stringify(cursor);
      for (let time = 0; time < times; time++)
        cursor = await mergeStep(bucket(), job, format, JSON.parse(from), limits);
      if (cursor === null) return steps;
      expect(steps).toBeLessThan(100);
    }
  }

  async function resultOf(job: JobAddress, format: ResultFormat): Promise<Uint8Array<ArrayBuffer>> {
    const object = await bucket().get(resultKey(job, format));
    return new Uint8Array(await object!.arrayBuffer());
  }

  async function putParts(
    job: JobAddress,
    format: ResultFormat,
    sizes: readonly number[],
  ): Promise<Uint8Array> {
    const whole = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
    let state = 12_345;
    for (let index = 0; index < whole.length; index++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      whole[index] = state >>> 24;
    }
    let start = 0;
    for (const [shard, size] of sizes.entries()) {
      // Shards are numbered with gaps: not each has something for every format.
      await bucket().put(partKey(job, format, shard * 3), whole.slice(start, start + size));
      start += size;
    }
    return whole;
  }

  const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

  it.each([
    ["csv", "", "text/csv; charset=utf-8"],
    ["scores", "file,row,index,label,score\n", "text/csv; charset=utf-8"],
    ["jsonl", "", "application/x-ndjson"],
    ["errors", "", "application/x-ndjson"],
  ] as const)("without any writes an empty %s", async (format, content, contentType) => {
    const job = newJob();
    expect(await merge(job, format)).toBe(1);
    const object = await bucket().get(resultKey(job, format));
    expect(await object!.text()).toBe(content);
    expect(object!.httpMetadata?.contentType).toBe(contentType);
  });

  it("without any writes no run", async () => {
    const job = newJob();
    await merge(job, "trec");
    expect(await bucket().head(resultKey(job, "trec"))).toBeNull();
  });

  it("puts small ones behind one another in their order, in one step", async () => {
    const job = newJob();
    const shards = Array.from({ length: 15 }, (_, shard) => [
      labelRow(shard, shard),
      rankingRow(shard, [1, 0]),
    ]);
    for (const [shard, rows] of shards.entries()) {
      for (const [format, bytes] of Object.entries(partsOf(rows, [], { tag: "t" })))
        await bucket().put(partKey(job, format as ResultFormat, shard), bytes);
    }
    const whole = partsOf(shards.flat(), [], { tag: "t" });
    for (const format of ["csv", "jsonl", "trec"] as const) {
      expect(await merge(job, format)).toBe(1);
      expect(await resultOf(job, format)).toEqual(whole[format]);
    }
    await merge(job, "scores");
    const scores = new TextDecoder().decode(await resultOf(job, "scores"));
    expect(scores).toBe(`file,row,index,label,score\n${new TextDecoder().decode(whole.scores)}`);
  });

  it("has more than 16 MiB of odd sizes", async () => {
    const job = newJob();
    const whole = await putParts(job, "csv", [3 * MIB + 1, 1, 4 * MIB - 13, 10 * MIB + 5, 0, 977]);
    expect(await merge(job, "csv")).toBe(1);
    expect(same(await resultOf(job, "csv"), whole)).toBe(true);
  });

  it.each([
    ["a whole piece", [5 * MIB], 1],
    ["a byte less than two", [5 * MIB - 1, 5 * MIB], 2],
    ["several steps", [5 * MIB - 1, 2, 1, 0, 3, 7, 2 * MIB, 4 * MIB, 0], 2],
    ["steps without a whole piece", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0], 3],
    ["only empty ones", [0, 0, 0, 0, 0, 0], 2],
  ])("of %s may run each step twice", async (_, sizes, steps) => {
    const job = newJob();
    const whole = await putParts(job, "csv", sizes);
    expect(await merge(job, "csv", { times: 2, limits: SMALL })).toBe(steps);
    expect(same(await resultOf(job, "csv"), whole)).toBe(true);
  });

  it("counts a header to the first piece", async () => {
    const job = newJob();
    const header = new TextEncoder().encode("file,row,index,label,score\n");
    const whole = await putParts(job, "scores", [5 * MIB, 5 * MIB - header.length, 5]);
    expect(await merge(job, "scores", { limits: SMALL })).toBe(2);
    expect(same(await resultOf(job, "scores"), Buffer.concat([header, whole]))).toBe(true);
  });

  it("makes larger pieces where there would be too many", async () => {
    const job = newJob();
    await putParts(job, "csv", [70, 71]);
    const limits = { ...SMALL, maxParts: 1, minPieceBytes: 60, maxPieces: 2 };
    expect(await mergeStep(bucket(), job, "csv", null, limits)).toMatchObject({ pieceBytes: 71 });
  });

  it("can be begun anew beside an upload that nobody ends", async () => {
    const job = newJob();
    const whole = await putParts(job, "jsonl", [5 * MIB + 1, 2 * MIB, 3]);
    const first = await mergeStep(bucket(), job, "jsonl", null, SMALL);
    expect(first).toMatchObject({ upload: { etags: [expect.any(String)] } });
    await merge(job, "jsonl", { limits: SMALL });
    expect(same(await resultOf(job, "jsonl"), whole)).toBe(true);
    // The earlier one finds the result there.
    expect(await mergeStep(bucket(), job, "jsonl", first, SMALL)).toBeNull();
    expect(same(await resultOf(job, "jsonl"), whole)).toBe(true);
  });

  it("leaves a result alone whose parts are deleted", async () => {
    for (const format of Object.keys(RESULT_FILES) as ResultFormat[]) {
      const job = newJob();
      const { [format]: part } = partsOf(
        [rankingRow(0, [1, 0])],
        [{ file: "a", row: 1, column: null, code: "wrong_row", reason: "r" }],
        { tag: "t" },
      );
      await bucket().put(partKey(job, format, 0), part!);
      await merge(job, format);
      const before = await resultOf(job, format);
      const { objects } = await bucket().list({ prefix: workPrefix(job) });
      await bucket().delete(objects.map(({ key }) => key));
      expect(await merge(job, format)).toBe(1);
      expect(await resultOf(job, format)).toEqual(before);
    }
  });

  it("without any writes a Parquet file without rows", async () => {
    const job = newJob();
    await merge(job, "parquet");
    const file = await resultOf(job, "parquet");
    expect(new TextDecoder().decode(file.subarray(0, 4))).toBe("PAR1");
    expect(await parquetReadObjects({ file: file.buffer })).toEqual([]);
    expect(parquetMetadata(file).schema.map(({ name }) => name)).toEqual([
      "root",
      "file",
      "row",
      "index",
      "label",
      "score",
    ]);
  });

  it.each([
    [1, 1, 1],
    [3, 1, 1],
    [4, 1, 2],
    [5, 1, 2],
    [17, 5, 7],
  ])("makes one Parquet file of %d", async (shards, steps, groups) => {
    const job = newJob();
    let rows = 0;
    for (let shard = 0; shard < shards; shard++) {
      const own = Array.from({ length: 1 + shard * 30 }, () => labelRow(rows++, rows / 100));
      await bucket().put(partKey(job, "parquet", shard), partsOf(own, [], { tag: "" }).parquet!);
    }
    expect(await merge(job, "parquet", { times: 2, limits: SMALL })).toBe(steps);
    const file = await resultOf(job, "parquet");
    const found = await parquetReadObjects({ file: file.buffer });
    expect(found.map(({ row }) => Number(row))).toEqual(Array.from({ length: rows }, (_, n) => n));
    expect(found.at(-1)).toMatchObject({ file: "pairs.csv", index: null, label: "LABEL_0" });
    expect(parquetMetadata(file).row_groups).toHaveLength(groups);
  });
});
