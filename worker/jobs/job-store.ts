/** Jobs as they lie in the bucket. */
import { recordKey, recordPrefix, stopKey, activeKey, type JobAddress } from "./job-keys.ts";
import type { JobError, JobRecord, JobStatus } from "./job-record.ts";

/** Bytes of an object's own metadata at most, less than R2's 8,192: a list shows a record that fits without reading it. */
const MAX_METADATA_BYTES = 7_000;

/** Writes a job's record, over the one that was there. */
export async function writeRecord(bucket: R2Bucket, record: JobRecord): Promise<void> {
  const text = JSON.stringify(record);
  // Metadata are headers: ASCII only.
  const ascii = encodeURIComponent(text.toWellFormed());
  await bucket.put(recordKey(record), text, {
    ...(ascii.length <= MAX_METADATA_BYTES && { customMetadata: { record: ascii } }),
    httpMetadata: { contentType: "application/json" },
  });
}

/** @returns null if there is no such job of this caller */
export async function readRecord(bucket: R2Bucket, job: JobAddress): Promise<JobRecord | null> {
  return readJson<JobRecord>(bucket, recordKey(job));
}

export interface RecordPage {
  records: JobRecord[];
  /** Name of the last one, after which the next page begins; null if there is none. */
  next: string | null;
}

/**
 * A caller's jobs, the youngest first: so their names begin.
 * @param after - Name of the last job of the page before; null for the first page.
 */
export async function listRecords(
  bucket: R2Bucket,
  scope: string,
  limit: number,
  after: string | null,
): Promise<RecordPage> {
  const prefix = recordPrefix(scope);
  const page = await bucket.list({
    prefix,
    limit,
    include: ["customMetadata"],
    ...(after !== null && { startAfter: `${prefix}${after}` }),
  });
  const records = await Promise.all(
    page.objects.map(({ key, customMetadata }) => {
      const ascii = customMetadata?.["record"];
      return ascii === undefined
        ? readJson<JobRecord>(bucket, key)
        : (JSON.parse(decodeURIComponent(ascii)) as JobRecord);
    }),
  );
  return {
    // One may have been deleted since it was listed.
    records: records.filter((record) => record !== null),
    next: page.truncated ? page.objects.at(-1)!.key.slice(prefix.length) : null,
  };
}

/** Why a job shall end before its rows do. */
export interface Stop {
  as: Extract<JobStatus, "Canceled" | "Failed">;
  error: JobError | null;
}

/** The first reason to stop stands. */
export async function requestStop(bucket: R2Bucket, job: JobAddress, stop: Stop): Promise<void> {
  const onlyIf = new Headers({ "if-none-match": "*" });
  await bucket.put(stopKey(job), JSON.stringify(stop), { onlyIf });
}

export async function readStop(bucket: R2Bucket, job: JobAddress): Promise<Stop | null> {
  return readJson<Stop>(bucket, stopKey(job));
}

/** Marks a job as one that has not ended. */
export async function markActive(bucket: R2Bucket, job: JobAddress): Promise<void> {
  await bucket.put(activeKey(job), "");
}

export async function readJson<T>(bucket: R2Bucket, key: string): Promise<T | null> {
  const object = await bucket.get(key);
  return object === null ? null : object.json<T>();
}

export async function writeJson(bucket: R2Bucket, key: string, value: unknown): Promise<void> {
  await bucket.put(key, JSON.stringify(value));
}
