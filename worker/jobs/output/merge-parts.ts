/** The shards' parts of a result become its file. */
import {
  partPrefix,
  resultKey,
  workPrefix,
  type JobAddress,
  type ResultFormat,
} from "../job-keys.ts";
import {
  concatenateStep,
  startConcatenate,
  type ConcatenateCursor,
  type Concatenation,
} from "./concatenate.ts";
import { groupParquet, groupPrefix, groupsFooter, type GroupCursor } from "./group-parquet.ts";
import { MERGE_LIMITS, type MergeLimits } from "./merge-limits.ts";
import { SCORES_HEADER } from "./scores-csv.ts";

/** How far a merge has come: JSON of less than 1 MiB. */
export type MergeCursor = GroupCursor | ConcatenateCursor;

/** Media types of the result files. */
export const CONTENT_TYPES: Readonly<Record<ResultFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  scores: "text/csv; charset=utf-8",
  jsonl: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
  trec: "text/plain; charset=utf-8",
  errors: "application/x-ndjson",
};

const EMPTY = new Uint8Array();

/**
 * Merges the next 1,000 parts, or 32 MiB of them. Without parts the result has no rows; of a TREC run there is then none.
 *
 * It may run again from any cursor, and does nothing once the result is there: that appears at once and whole.
 *
 * @param cursor - Null to begin.
 * @returns Where to go on; null once all is merged
 */
export async function mergeStep(
  bucket: R2Bucket,
  job: JobAddress,
  format: ResultFormat,
  cursor: MergeCursor | null,
  limits: MergeLimits = MERGE_LIMITS,
): Promise<MergeCursor | null> {
  const key = resultKey(job, format);
  if ((await bucket.head(key)) !== null) return null;
  if (format === "trec" && cursor === null && (await isEmpty(bucket, partPrefix(job, format))))
    return null;
  if (format === "parquet" && cursor?.phase !== "concatenate") {
    const from = cursor ?? { phase: "group", groups: 0, after: null };
    const next = await groupParquet(bucket, job, from, limits);
    if (next !== null) return next;
  }
  const isParquet = format === "parquet";
  const prefix = isParquet ? groupPrefix(job) : partPrefix(job, format);
  const concatenation: Concatenation = {
    key,
    httpMetadata: { contentType: CONTENT_TYPES[format] },
    prefix,
    restPrefix: `${workPrefix(job)}rests/${format}/`,
    header: format === "scores" ? new TextEncoder().encode(SCORES_HEADER) : EMPTY,
    footer: async () => (isParquet ? groupsFooter(bucket, job) : EMPTY),
  };
  const from =
    cursor?.phase === "concatenate" ? cursor : await startConcatenate(bucket, prefix, limits);
  return concatenateStep(bucket, concatenation, from, limits);
}

async function isEmpty(bucket: R2Bucket, prefix: string): Promise<boolean> {
  return (await bucket.list({ prefix, limit: 1 })).objects.length === 0;
}
