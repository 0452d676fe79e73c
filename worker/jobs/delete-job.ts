import { recordKey, resultPrefix, workPrefix, type JobAddress } from "./job-keys.ts";

/** Deletes a job that has ended, with its results and whatever it has left of its work. Its record goes last, so that what was broken off can be done again. */
export async function deleteJob(bucket: R2Bucket, job: JobAddress): Promise<void> {
  for (const prefix of [workPrefix(job), resultPrefix(job)]) {
    while (await deleteSome(bucket, prefix));
  }
  await bucket.delete(recordKey(job));
}

/** Deletes up to 1,000 objects under a prefix. @returns How many there were */
export async function deleteSome(bucket: R2Bucket, prefix: string): Promise<number> {
  const { objects } = await bucket.list({ prefix });
  if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
  return objects.length;
}
