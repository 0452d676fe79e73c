/** Names of jobs. */

/** Milliseconds since 1970 that no clock will show. */
const END_OF_TIME_MS = 2 ** 44;

/** Begins with how long it is until the end of time, so that a bucket, which lists by name, lists the youngest job first. */
export function newJobName(): string {
  const left = (END_OF_TIME_MS - Date.now()).toString(16).padStart(11, "0");
  const random = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  return `batchjob-${left}-${random}`;
}

/** Whether a job can be called so. What cannot is not looked up: a key of R2 is at most 1,024 bytes long. */
export function isJobName(name: string): boolean {
  return /^batchjob-[0-9a-f]{11}-[0-9a-f]{16}$/.test(name);
}
