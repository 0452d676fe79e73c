/** Whether, when and with what a scoring request gets to compute: headers, the queue, its body, its turns, its deadline. */
import { checkHeaders, readJson } from "./body.ts";
import { Deadline, failedInTime, timeoutOf } from "./deadline.ts";
import { fail, type Result } from "./errors.ts";
import { InferenceQueue } from "./queue.ts";
import { routeOf, type RequestContext } from "./request-context.ts";
import { Turns } from "./turns.ts";

const queue = new InferenceQueue(Date.now);

/** Requests of this isolate that are read, wait, are computed, or are with the backend. */
export function queuedRequests(): number {
  return queue.size;
}

/**
 * Runs `work` on a request's JSON, with a place in the isolate's queue.
 *
 * The place is taken before the body is read, so that the memory of all bodies together is bounded.
 * @param hasBackend - Whether requests may be open that do not wait for this isolate's turn.
 */
export async function admit<T>(
  request: Request,
  { id, settings, waitUntil }: Pick<RequestContext, "id" | "settings" | "waitUntil">,
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
