/** A job's progress as server-sent events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
import { jobEnvelope, progressOf, statusOf } from "./job-envelope.ts";
import type { JobAddress } from "./job-keys.ts";
import { hasEnded } from "./job-record.ts";
import { observeJob, type ObservedJob } from "./observe-job.ts";

/** Milliseconds between two looks at the job. */
const LOOK_MS = 1_000;

/** Looks without a change after which a comment is sent, so that nothing between closes the connection. */
const QUIET_LOOKS = 15;

/**
 * An event `progress` at the beginning and with each change, and `end` with the whole job when it has ended, which closes the stream. Of a job that
 * has been deleted the stream just ends.
 */
export function jobEvents(
  bucket: R2Bucket,
  job: JobAddress,
  origin: string,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const events = eventsOf(bucket, job, origin, signal);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await events.return();
    },
  });
}

async function* eventsOf(
  bucket: R2Bucket,
  job: JobAddress,
  origin: string,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  let last = "";
  for (let quiet = 0; !signal.aborted; quiet++) {
    const found = await observeJob(bucket, job);
    if (found === null) return;
    const progress = progressEvent(found);
    if (progress !== last) {
      yield progress;
      last = progress;
      quiet = 0;
    }
    const { record } = found;
    if (hasEnded(record)) {
      yield event("end", jobEnvelope(record, null, origin));
      return;
    }
    if (quiet > 0 && quiet % QUIET_LOOKS === 0) yield ": still at work\n\n";
    await scheduler.wait(LOOK_MS, { signal }).catch(() => undefined);
  }
}

function progressEvent({ record, observed }: ObservedJob): string {
  return event("progress", {
    status: statusOf(record, observed),
    ...progressOf(record, observed),
    startedAtMs: record.startedAtMs,
  });
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
