import { JOB_LIMITS } from "../../limits.ts";
import type { Shard, Source } from "../source.ts";
import { shardCutter, type ShardLimits } from "./cut-shards.ts";
import { unreadable, type Unreadable } from "./file-problem.ts";
import { queryIdOf } from "./query-id.ts";
import { readRange } from "./read-range.ts";
import { eachRow } from "./row-ends.ts";

/** The next row to plan. */
export interface PlanCursor {
  /** Bytes of the source before it. */
  offset: number;
  /** Its number. */
  row: number;
}

export interface PlanPage {
  ok: true;
  shards: Shard[];
  /** Null at the source's end. */
  next: PlanCursor | null;
}

export interface PlanLimits extends ShardLimits {
  maxRowBytes: number;
  /** Rows and bytes of one query in a run: they are scored, and so held, together. */
  maxRunDepth: number;
  maxRunBytes: number;
}

/** A row may have an end of its line beside `maxRowBytes`. */
const LINE_END_BYTES = 1;

/** Rows of one query, of which the last one was just met. */
interface Run {
  queryId: string;
  /** Number and offset of the first one. */
  row: number;
  start: number;
}

/**
 * Up to `maxShards` shards of a source, from a row on. They are in order, and between them lie blank lines at most; where a page ends
 * does not change how the source is cut. Holds `maxRowBytes` at a time.
 *
 * Problems: `unclosed_quote`, `row_too_long`, `over_limit` (rows of one query), `input_changed`, `input_gone`.
 *
 * @param sourceIndex - Of the source among the job's
 * @param from - `dataStart` and 0, or the last page's `next`
 */
export async function planPage(
  bucket: R2Bucket,
  source: Source,
  sourceIndex: number,
  from: PlanCursor,
  maxShards: number,
  limits: PlanLimits = JOB_LIMITS,
): Promise<PlanPage | Unreadable> {
  const cutter = shardCutter(sourceIndex, from.row, limits);
  let run: Run | undefined;
  let isOver = false;
  let { offset, row } = from;
  while (offset < source.bytes) {
    const length = Math.min(limits.maxRowBytes + LINE_END_BYTES, source.bytes - offset);
    const isLast = offset + length === source.bytes;
    const read = await readRange(bucket, source, offset, length);
    if (!read.ok) return read;
    const { bytes } = read;
    const { whole, isQuoted } = eachRow(bytes, source, isLast, (start, end) => {
      const queryId = source.groupsByQuery ? queryIdOf(bytes, start, end) : undefined;
      const staysWithLast = queryId !== undefined && queryId === run?.queryId;
      if (queryId !== undefined && !staysWithLast) run = { queryId, row, start: offset + start };
      cutter.add(offset + start, offset + end, staysWithLast);
      row++;
      isOver = run !== undefined && isRunOver(run, row, offset + end, limits);
      return !isOver && cutter.shards.length <= maxShards;
    });
    if (run && isOver) return runTooLong(source, run, limits);
    // The page's last shard is whole once there is another.
    if (cutter.shards.length > maxShards) return pageOf(cutter.shards, maxShards);
    if (isLast ? whole < length : whole === 0) {
      return isQuoted ? unclosedQuote(source, row, limits) : rowTooLong(source, row, limits);
    }
    offset += whole;
  }
  return pageOf(cutter.shards, maxShards);
}

function pageOf(shards: readonly Shard[], maxShards: number): PlanPage {
  const rest = shards[maxShards];
  return {
    ok: true,
    shards: shards.slice(0, maxShards),
    next: rest ? { offset: rest.start, row: rest.firstRow } : null,
  };
}

/** @param nextRow - After the run's last one, which ends at `end` */
function isRunOver(
  run: Run,
  nextRow: number,
  end: number,
  { maxRunDepth, maxRunBytes }: PlanLimits,
): boolean {
  return nextRow - run.row > maxRunDepth || end - run.start > maxRunBytes;
}

function unclosedQuote({ name }: Source, row: number, { maxRowBytes }: PlanLimits): Unreadable {
  const reason = `A quote that row ${row} opens is not closed, neither in the file nor within the limit maxRowBytes of ${maxRowBytes}.`;
  return unreadable(name, "unclosed_quote", reason, { row });
}

function rowTooLong({ name }: Source, row: number, { maxRowBytes }: PlanLimits): Unreadable {
  const reason = `Row ${row} is over the limit maxRowBytes of ${maxRowBytes}: it has more.`;
  return unreadable(name, "row_too_long", reason, { row });
}

function runTooLong(
  { name }: Source,
  { row }: Run,
  { maxRunDepth, maxRunBytes }: PlanLimits,
): Unreadable {
  const reason = `The rows of one query, from row ${row} on, are over the limit maxRunDepth of ${maxRunDepth} or have over ${maxRunBytes} bytes together (maxRunBytes).`;
  return unreadable(name, "over_limit", reason, { row });
}
