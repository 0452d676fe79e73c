/** Puts `predictions.csv` where the job's body wants it. */
import { ok, type Result } from "../errors.ts";
import { resolveAddress } from "./input-address.ts";
import { resultKey } from "./job-keys.ts";
import { jobErrorOf, type JobError, type JobRecord } from "./job-record.ts";
import type { JobRequest } from "./job-request.ts";

/** The key that a job's output is put to: a path that exists fails the job, as Azure's does. */
export function outputKey(
  { output, outputFileName }: Pick<JobRequest, "output" | "outputFileName">,
  scope: string,
  bucketName: string,
): Result<string | null> {
  if (output === null) return ok(null);
  const resolved = resolveAddress(output.uri, output.type, scope, bucketName);
  if (!resolved.ok) return resolved;
  const { kind, key } = resolved.value;
  return ok(kind === "folder" ? `${key}${outputFileName}` : key);
}

/** @returns Why it cannot be put there, or null */
export async function putOutput(
  bucket: R2Bucket,
  record: JobRecord,
  bucketName: string,
): Promise<JobError | null> {
  const key = outputKey(record.request, record.scope, bucketName);
  if (!key.ok) return jobErrorOf(key.failure);
  if (key.value === null) return null;
  const predictions = await bucket.get(resultKey(record, "csv"));
  if (predictions === null) throw new Error("predictions.csv has not been written");
  const written = await bucket.put(key.value, predictions.body, {
    onlyIf: new Headers({ "if-none-match": "*" }),
    // By which a step that runs again knows its own.
    customMetadata: { job: record.name },
    httpMetadata: { contentType: "text/csv; charset=utf-8" },
  });
  if (written !== null) return null;
  const there = await bucket.head(key.value);
  return there?.customMetadata?.["job"] === record.name
    ? null
    : jobErrorOf({ kind: "output_exists" });
}
