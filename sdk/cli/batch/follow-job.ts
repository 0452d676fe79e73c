/** Waits for a job's end, and shows how far it is. */
import type { RerankClient } from "../../client.ts";
import { isRerankError } from "../../errors.ts";
import type { Job, JobCounts, JobStatus } from "../../job-types.ts";
import { jobStatus } from "../../jobs.ts";
import type { Display } from "./display.ts";

/** Over what a service that tells events lets pass without one. */
const EVENT_TIMEOUT_MS = 60_000;

export async function followJob(
  client: RerankClient,
  name: string,
  display: Display,
  signal: AbortSignal,
): Promise<Job> {
  const show = (status: JobStatus, counts?: JobCounts): void => {
    const { rows = null, scored = 0, failed = 0 } = counts ?? {};
    const label = rows !== null && status === "Running" ? "scoring" : spoken(status);
    display.show({ label, unit: "rows", done: scored + failed, total: rows, failed });
  };
  try {
    const events = client.jobs.events(name, { timeout: EVENT_TIMEOUT_MS, signal });
    for (;;) {
      const { done, value } = await events.next();
      if (done) return value;
      show(value.status, value);
    }
  } catch (error) {
    if (signal.aborted || !isRerankError(error)) throw error;
    // A service, or what stands before it, may have no events: then it is asked.
    return client.jobs.wait(name, {
      pollInterval: 500,
      maxPollInterval: 2_000,
      onProgress: (job) => show(jobStatus(job), job.properties.progress),
      signal,
    });
  }
}

/** Such as "not started". */
function spoken(status: JobStatus): string {
  return status.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
