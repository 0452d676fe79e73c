/** A job's rows, cut into shards: pages of a plan that its lanes then follow. */
import { planPage } from "./input/plan-page.ts";
import { planKey, sourceKey, workPrefix, type JobAddress } from "./job-keys.ts";
import { readJson, writeJson } from "./job-store.ts";
import { readPrepared, type Prepared } from "./prepare-inputs.ts";
import type { Shard, Source } from "./source.ts";

/** Shards of a page; only the last page has fewer. */
const PAGE_SHARDS = 500;

/** How far the plan has come. */
export interface PlanCursor {
  /** Of the next row to plan; `source` is the number of sources at the end. */
  source: number;
  offset: number | null;
  row: number;
  /** Pages and shards that are written; those of the page that is not yet full stand in `open`. */
  shards: number;
  open: Shard[];
  /** Rows planned, and of these those of the source under way. */
  rows: number;
  sourceRows: number;
  failedFiles: number;
  /** Of the inputs, for the decision who scores. */
  bytes: number;
}

const START: PlanCursor = {
  source: 0,
  offset: null,
  row: 0,
  shards: 0,
  open: [],
  rows: 0,
  sourceRows: 0,
  failedFiles: 0,
  bytes: 0,
};

/** Milliseconds after which a step lets the next one go on. */
const SLICE_MS = 10_000;

const cursorKey = (job: JobAddress): string => `${workPrefix(job)}plan-cursor`;

export async function readPlanCursor(bucket: R2Bucket, job: JobAddress): Promise<PlanCursor> {
  return (await readJson<PlanCursor>(bucket, cursorKey(job))) ?? START;
}

/**
 * Plans on from where the plan has come to, and keeps what it has reached.
 *
 * A source that turns out to be unreadable in its middle is given up whole: the shards that it has in earlier pages are then found to have a
 * source that failed, and count for nothing.
 * @param sources - How many there are.
 * @returns Whether the plan is complete
 */
export async function planOn(
  bucket: R2Bucket,
  job: JobAddress,
  sources: number,
  pageShards = PAGE_SHARDS,
): Promise<boolean> {
  const endsAtMs = Date.now() + SLICE_MS;
  let cursor = await readPlanCursor(bucket, job);
  while (cursor.source < sources && Date.now() < endsAtMs) {
    cursor = await planNext(bucket, job, cursor, pageShards);
    if (cursor.open.length === pageShards)
      cursor = await closePage(bucket, job, cursor, pageShards);
  }
  const isDone = cursor.source >= sources;
  if (isDone && cursor.open.length > 0) cursor = await closePage(bucket, job, cursor, pageShards);
  await writeJson(bucket, cursorKey(job), cursor);
  return isDone;
}

async function planNext(
  bucket: R2Bucket,
  job: JobAddress,
  cursor: PlanCursor,
  pageShards: number,
): Promise<PlanCursor> {
  const prepared = await readPrepared(bucket, job, cursor.source);
  if (!prepared.ok) return nextSource({ ...cursor, failedFiles: cursor.failedFiles + 1 });
  const source = prepared.value;
  const from = { offset: cursor.offset ?? source.dataStart, row: cursor.row };
  const page = await planPage(bucket, source, cursor.source, from, pageShards - cursor.open.length);
  if (!page.ok) {
    await writeJson(bucket, sourceKey(job, cursor.source), page);
    return nextSource({
      ...cursor,
      open: cursor.open.filter((shard) => shard.source !== cursor.source),
      rows: cursor.rows - cursor.sourceRows,
      failedFiles: cursor.failedFiles + 1,
    });
  }
  const rows = page.shards.reduce((sum, shard) => sum + shard.rows, 0);
  const planned = {
    ...cursor,
    open: [...cursor.open, ...page.shards],
    rows: cursor.rows + rows,
    sourceRows: cursor.sourceRows + rows,
  };
  return page.next === null
    ? nextSource({ ...planned, bytes: cursor.bytes + source.bytes })
    : { ...planned, ...page.next };
}

function nextSource(cursor: PlanCursor): PlanCursor {
  return { ...cursor, source: cursor.source + 1, offset: null, row: 0, sourceRows: 0 };
}

async function closePage(
  bucket: R2Bucket,
  job: JobAddress,
  cursor: PlanCursor,
  pageShards: number,
): Promise<PlanCursor> {
  await writeJson(bucket, planKey(job, Math.floor(cursor.shards / pageShards)), cursor.open);
  return { ...cursor, shards: cursor.shards + cursor.open.length, open: [] };
}

/** A shard and its source; the source is null if it has failed. */
export interface PlannedShard {
  shard: Shard;
  source: Source | null;
}

/** Shards of a job by their number, with the page that was read last kept at hand. */
export class Plan {
  readonly #bucket: R2Bucket;
  readonly #job: JobAddress;
  readonly #pageShards: number;
  #page: { index: number; shards: Shard[] } | null = null;
  #source: { index: number; source: Source | null } | null = null;

  constructor(bucket: R2Bucket, job: JobAddress, pageShards = PAGE_SHARDS) {
    this.#bucket = bucket;
    this.#job = job;
    this.#pageShards = pageShards;
  }

  /** @returns null if the plan is gone: the job has ended meanwhile */
  async shard(number: number): Promise<PlannedShard | null> {
    const index = Math.floor(number / this.#pageShards);
    if (this.#page?.index !== index) {
      const shards = await readJson<Shard[]>(this.#bucket, planKey(this.#job, index));
      if (shards === null) return null;
      this.#page = { index, shards };
    }
    const shard = this.#page.shards[number % this.#pageShards]!;
    if (this.#source?.index !== shard.source) {
      const prepared = await readJson<Prepared>(this.#bucket, sourceKey(this.#job, shard.source));
      if (prepared === null) return null;
      this.#source = { index: shard.source, source: prepared.ok ? prepared.value : null };
    }
    return { shard, source: this.#source.source };
  }
}
