/** Whether, when and with what a scoring request gets to compute: headers, the queue, its body, its turns. */
import { checkHeaders, readJson } from "./body.ts";
import { fail, type Result } from "./errors.ts";
import { InferenceQueue } from "./queue.ts";
import { Turns } from "./turns.ts";

const queue = new InferenceQueue(Date.now);

/** Requests of this isolate that are read, wait or are computed. */
export function queuedRequests(): number {
  return queue.size;
}

/**
 * Runs `work` on a request's JSON, with a place in the isolate's queue.
 *
 * The place is taken before the body is read, so that the memory of all bodies together is bounded.
 */
export async function admit<T>(
  request: Request,
  work: (body: unknown, turns: Turns) => Promise<Result<T>>,
): Promise<Result<T>> {
  const bytes = checkHeaders(request.headers);
  if (!bytes.ok) return bytes;
  const ticket = queue.enter(bytes.value);
  if (typeof ticket === "string") return fail({ kind: "overloaded", limit: ticket });
  try {
    const body = await readJson(request, (held) => queue.hold(ticket, held));
    return body.ok ? await work(body.value, new Turns(queue, ticket, request.signal)) : body;
  } finally {
    queue.leave(ticket);
  }
}
