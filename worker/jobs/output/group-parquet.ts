/** The shards' Parquet files become fewer and larger ones, before they are put behind one another. */
import { partPrefix, workPrefix, type JobAddress } from "../job-keys.ts";
import { joinParquet } from "./join-parquet.ts";
import type { MergeLimits } from "./merge-limits.ts";
import { MAGIC, parquetFooter, rowGroupsOf } from "./parquet-file.ts";
import { allParts, partsAfter, readPart, readParts, runsOf } from "./part-objects.ts";

/** Of one row group of five columns, with room to spare. */
const MAX_FOOTER_BYTES = 4 * 1024;

/** How far a job's parts have been grouped. */
export interface GroupCursor {
  phase: "group";
  /** Groups that are written. */
  groups: number;
  /** Key of the last part in them. */
  after: string | null;
}

export const groupPrefix = (job: JobAddress): string => `${workPrefix(job)}groups/`;

/** Writes the next few groups. @returns Null if these were the last */
export async function groupParquet(
  bucket: R2Bucket,
  job: JobAddress,
  { groups, after }: GroupCursor,
  limits: MergeLimits,
): Promise<GroupCursor | null> {
  const { parts, isLast } = await partsAfter(bucket, partPrefix(job, "parquet"), after, limits);
  const runs = runsOf(parts, limits.maxGroupParts, limits.maxGroupBytes);
  for (const [index, run] of runs.entries()) {
    const files = await Array.fromAsync(readParts(bucket, run));
    const name = String(groups + index).padStart(9, "0");
    await bucket.put(`${groupPrefix(job)}${name}`, joinParquet(files));
  }
  if (isLast) return null;
  return { phase: "group", groups: groups + runs.length, after: parts.at(-1)!.key };
}

/**
 * What makes one file of the groups' files behind one another: a footer that knows the row groups of all of them. Their own footers
 * stay between the row groups, where no reader looks, a thousandth of the bytes.
 */
export async function groupsFooter(
  bucket: R2Bucket,
  job: JobAddress,
): Promise<Uint8Array<ArrayBuffer>> {
  const rowGroups = [];
  let offset = 0;
  for await (const { key, bytes } of allParts(bucket, groupPrefix(job))) {
    const length = Math.min(bytes, MAX_FOOTER_BYTES);
    const end = await readPart(bucket, key, { offset: bytes - length, length });
    rowGroups.push(...rowGroupsOf(end, offset));
    offset += bytes;
  }
  const footer = parquetFooter(rowGroups);
  return rowGroups.length > 0 ? footer : new Uint8Array([...MAGIC, ...footer]);
}
