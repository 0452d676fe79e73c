/** A job's progress, as the service tells it. */
import { invalidResponse } from "./errors.ts";
import type { Job, JobProgress } from "./job-types.ts";
import { bodyOf, chunksOf, openAgain, openEnded, textOf } from "./open-again.ts";
import type { RequestOptions } from "./options.ts";
import { serverSentEvents } from "./server-sent-events.ts";
import type { Transport } from "./transport.ts";

/** @param path - Of the job */
export async function* jobEvents(
  transport: Transport,
  path: string,
  options: RequestOptions,
): AsyncGenerator<JobProgress, Job, undefined> {
  const { timeout, totalTimeout } = transport.timeoutsOf(options);
  const endsAtMs = Date.now() + totalTimeout;
  const call = { method: "GET", path: `${path}/events`, read: bodyOf } as const;
  const waitMs = (): number => Math.max(1, Math.min(timeout, endsAtMs - Date.now()));
  // The first event of a connection tells what the last one of another one may have told.
  let last = "";
  return yield* openAgain(transport, { call, options, endsAtMs }, async function* (alive) {
    const sent = await transport.send<Response["body"]>(call, {
      ...openEnded(options, { accept: "text/event-stream" }),
      timeout: waitMs(),
      totalTimeout: Infinity,
      maxRetries: 0,
    });
    if (!sent.data) return undefined;
    const text = textOf(chunksOf(sent.data, waitMs, options.signal));
    for await (const { event, data } of serverSentEvents(text, alive)) {
      if (event === "end") return parsed<Job>(data, sent.response);
      if (event !== "progress" || data === last) continue;
      last = data;
      yield parsed<JobProgress>(data, sent.response);
    }
    return undefined;
  });
}

function parsed<T>(data: string, response: Response): T {
  try {
    return JSON.parse(data) as T;
  } catch {
    throw invalidResponse("An event of the job is no JSON: check baseURL.", response);
  }
}
