/** Whether, when and with what a scoring request gets to compute: headers, the queue, its body, its turns, its deadline. */
import { checkHeaders, readJson } from "./body.ts";
import { sleep } from "./backends/sleep.ts";
import { Deadline, failedInTime, timeoutOf } from "./deadline.ts";
import { fail, type Overload, type Result } from "./errors.ts";
import { InferenceQueue, type Ticket } from "./queue.ts";
import { routeOf, type RequestContext } from "./request-context.ts";
import { tokensOfChars } from "./routing.ts";
import { Turns } from "./turns.ts";

/** Milliseconds between two questions for room of work that can wait. */
const ROOM_POLL_MS = 250;

/** Whom the work is counted to that no request waits for. No caller is named so. */
const NOBODY = "";

/** Whom requests without a name are counted to, all together. */
const PUBLIC = "public";

/** Tokens that a request may have however long its body is: a single text is cut to the model's window. */
const WINDOW = 512;

const queue = new InferenceQueue(Date.now);

/** Requests of this isolate that are read, wait, are computed, or are with the backend. */
export function queuedRequests(): number {
  return queue.size;
}

/** Of these, those that wait for their turn at this isolate's engine, or have it. */
export function waitingRequests(): number {
  return queue.waiting;
}

/** The queue was full all the time that work could have waited. */
export class NoRoomError extends Error {
  override readonly name = "NoRoomError";
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
  let ticket = queue.enter(NOBODY, 0);
  while ("kind" in ticket) {
    if (deadline.signal.aborted) throw new NoRoomError("there was no room in the queue");
    await sleep(ROOM_POLL_MS, deadline.signal);
    ticket = queue.enter(NOBODY, 0);
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
 * The place is taken before the body is read, so that the memory of all bodies together is bounded, and so that an overloaded service refuses before
 * it has done anything.
 *
 * @param hasBackend - Whether the request may be computed elsewhere if too much waits here.
 */
export async function admit<T>(
  request: Request,
  {
    id,
    caller,
    trace,
    quotas,
    settings,
    waitUntil,
  }: Pick<RequestContext, "id" | "caller" | "trace" | "quotas" | "settings" | "waitUntil">,
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
  const ticket = enter(caller.name ?? PUBLIC, bytes.value, hasBackend ? Infinity : timeoutMs.value);
  if ("kind" in ticket) return fail(ticket);
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
      quotas,
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

/** @param timeoutMs - Infinite for a request that may be computed elsewhere. */
function enter(caller: string, bytes: number, timeoutMs: number): Ticket | Overload {
  const ticket = queue.enter(caller, bytes);
  if ("kind" in ticket || timeoutMs === Infinity) return ticket;
  const leastTokens = Math.min(WINDOW, tokensOfChars(bytes));
  const overload = queue.refusal(ticket, leastTokens, timeoutMs);
  if (overload) queue.leave(ticket);
  return overload ?? ticket;
}
