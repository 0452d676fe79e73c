/** Sources as `prepareFile` makes them, of bytes that a test has, and all rows of one. */
import { COLUMN_DEFAULTS } from "../../../worker/jobs/column-options.ts";
import { planPage, type PlanLimits } from "../../../worker/jobs/input/plan-page.ts";
import { readShard } from "../../../worker/jobs/input/read-shard.ts";
import type { InputRow, RowProblem } from "../../../worker/jobs/rows.ts";
import type { Shard, Source } from "../../../worker/jobs/source.ts";

export { COLUMN_DEFAULTS as COLUMNS };

/** No limit is near. */
export const WIDE: PlanLimits = {
  maxShardRows: 1_000,
  maxShardBytes: 100_000,
  maxRowBytes: 4_000_000,
  maxRunDepth: 1_000,
  maxRunBytes: 4_000_000,
};

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(new TextEncoder().encode(text));

/** Puts the bytes into the bucket. @param about - Default: a CSV of one column of texts, all of which is data. */
export async function putSource(
  bucket: R2Bucket,
  content: string | Uint8Array<ArrayBuffer>,
  about: Partial<Source> = {},
): Promise<Source> {
  const bytes = typeof content === "string" ? bytesOf(content) : content;
  const { etag } = (await bucket.put("source", bytes))!;
  return {
    name: "rows.csv",
    key: "source",
    etag,
    bytes: bytes.length,
    format: "csv",
    delimiter: ",",
    header: about.format === "jsonl" ? null : ["text"],
    columns: COLUMN_DEFAULTS,
    dataStart: 0,
    groupsByQuery: false,
    ...about,
  };
}

/** All shards of a source, planned in pages. @throws Error with the problem's code */
export async function planAll(
  bucket: R2Bucket,
  source: Source,
  limits: PlanLimits = WIDE,
  maxShards = 100,
): Promise<Shard[]> {
  const shards: Shard[] = [];
  let cursor: { offset: number; row: number } | null = { offset: source.dataStart, row: 0 };
  while (cursor !== null) {
    const page = await planPage(bucket, source, 0, cursor, maxShards, limits);
    if (!page.ok) throw new Error(page.problem.code);
    shards.push(...page.shards);
    cursor = page.next;
  }
  return shards;
}

/** What a source's rows are read as, in order. @throws Error with the problem's code */
export async function readAll(
  bucket: R2Bucket,
  source: Source,
  limits?: PlanLimits,
): Promise<{ rows: InputRow[]; problems: RowProblem[] }> {
  const rows: InputRow[] = [];
  const problems: RowProblem[] = [];
  for (const shard of await planAll(bucket, source, limits)) {
    const read = await readShard(bucket, source, shard);
    if (!read.ok) throw new Error(read.problem.code);
    rows.push(...read.rows);
    problems.push(...read.problems);
  }
  return { rows, problems };
}
