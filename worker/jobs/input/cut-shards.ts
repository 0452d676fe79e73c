/** How rows become shards, whatever they hold. Pure. */
import type { Shard } from "../source.ts";

/** As JOB_LIMITS has them. */
export interface ShardLimits {
  maxShardRows: number;
  maxShardBytes: number;
}

export interface ShardCutter {
  /**
   * Adds the next row.
   * @param start - Its bytes of the source, [start, end)
   * @param staysWithLast - No shard may separate it from the row before
   */
  add(start: number, end: number, staysWithLast: boolean): void;
  /** So far; the last one may yet change. */
  shards: readonly Shard[];
}

/**
 * Fills shards one after another, each until the next rows do not fit. Rows that stay together and are too many, or too long, are a
 * shard of their own.
 *
 * @param source - Index of the rows' source among the job's
 * @param firstRow - Number of the first row to be added
 */
export function shardCutter(
  source: number,
  firstRow: number,
  { maxShardRows, maxShardBytes }: ShardLimits,
): ShardCutter {
  const shards: Shard[] = [];
  let last: Shard | undefined;
  let row = firstRow;
  /** Of the rows that stay together, the first one, and the end of the row before it. */
  let unit = { row, start: 0, endBefore: 0 };
  return {
    shards,
    add(start, end, staysWithLast) {
      if (!staysWithLast) unit = { row, start, endBefore: last?.end ?? start };
      row++;
      if (last === undefined) shards.push((last = { source, firstRow, rows: 0, start, end }));
      last.rows++;
      last.end = end;
      const fits = last.rows <= maxShardRows && end - last.start <= maxShardBytes;
      if (fits || unit.row === last.firstRow) return;
      last.rows = unit.row - last.firstRow;
      last.end = unit.endBefore;
      last = { source, firstRow: unit.row, rows: row - unit.row, start: unit.start, end };
      shards.push(last);
    },
  };
}
