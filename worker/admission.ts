/** Whether, when and with what a scoring request gets to compute: headers, the queue, its body, its turns, its deadline. */
import { checkHeaders, readJson } from "./body.ts";
import { sleep } from "./backends/sleep.ts";
import { Deadline, failedInTime, timeoutOf } from "./deadline.ts";
import { fail, type Result } from "./errors.ts";
import { InferenceQueue } from "./queue.ts";
import { routeOf, type RequestContext } from "./request-context.ts";
import { Turns } from "./turns.ts";

/** Milliseconds between two questions for room of work that can wait. */
const ROOM_POLL_MS = 250;

const queue = new InferenceQueue(Date.now);

/** Requests of this isolate that are read, wait, are computed, or are with the backend. */
export function queuedRequests(): number {
  return queue.size;
}

/** The queue was full all the time that work could have waited. */
export class NoRoomError extends Error {
  override readonly name = "NoRoomError";
}

/** Of these, those that wait for their turn at this isolate's engine, or have it. */
export function waitingRequests(): number {
  return queue.waiting;
}

/**
 * Runs work that no request waits for, behind all requests and a little at a time, as soon as there is room in the queue.
 *
 * @param timeoutMs - What is not done until then is given up: `work` learns of it by its turns and its deadline.
 * @throws NoRoomError if `work` could not even begin
 */
export async function admitWork<T>(
  timeoutMs: number,
  work: (turns: Turns, deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(timeoutMs, new AbortController().signal, Date.now);
  let ticket = queue.enter(0, "maxOpenRequests");
  while (typeof ticket === "string") {
    if (deadline.signal.aborted) throw new NoRoomError("there was no room in the queue");
    await sleep(ROOM_POLL_MS, deadline.signal);
    ticket = queue.enter(0, "maxOpenRequests");
  }
  try {
    const turns = new Turns(queue, ticket, deadline);
    turns.yieldToOthers();
    return await work(turns, deadline);
  } finally {
    deadline.clear();
    queue.leave(ticket);
  }
}

/**
 * Runs `work` on a request's JSON, with a place in the isolate's queue.
 *
 * The place is taken before the body is read, so that the memory of all bodies together is bounded.
 * @param hasBackend - Whether requests may be open that do not wait for this isolate's turn.
 */
export async function admit<T>(
  request: Request,
  {
    id,
    caller,
    trace,
    settings,
    waitUntil,
  }: Pick<RequestContext, "id" | "caller" | "trace" | "settings" | "waitUntil">,
  hasBackend: boolean,
  work: (body: unknown, context: RequestContext) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { headers } = request;
  const bytes = checkHeaders(headers);
  if (!bytes.ok) return bytes;
  const route = routeOf(headers);
  if (!route.ok) return route;
  const timeoutMs = timeoutOf(headers, settings.requestTimeoutMs);
  if (!timeoutMs.ok) return timeoutMs;
  const ticket = queue.enter(bytes.value, hasBackend ? "maxOpenRequests" : "maxQueuedRequests");
  if (typeof ticket === "string") return fail({ kind: "overloaded", limit: ticket });
  const deadline = new Deadline(timeoutMs.value, request.signal, Date.now);
  try {
    const body = await readJson(request, (held) => queue.hold(ticket, held));
    if (!body.ok) return body;
    const turns = new Turns(queue, ticket, deadline);
    const result = await work(body.value, {
      id,
      caller,
      trace,
      headers,
      settings,
      route: route.value,
      deadline,
      turns,
      waitUntil,
    });
    return failedInTime(result, deadline);
  } finally {
    deadline.clear();
    queue.leave(ticket);
  }
}
