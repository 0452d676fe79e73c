import type { Overload } from "../../worker/errors.ts";
import { InferenceQueue, type Ticket } from "../../worker/queue.ts";

/** A queue whose clock the test moves. */
export function queueAt(startMs: number) {
  const clock = { ms: startMs };
  const queue = new InferenceQueue(() => clock.ms);
  /** A request whose body of so many bytes has come. */
  const enter = (bytes = 100, caller = "one"): Ticket => {
    const ticket = queue.enter(caller, bytes);
    if ("kind" in ticket) throw new Error(`refused: ${ticket.limit}`);
    if (queue.hold(ticket, bytes)) throw new Error("there is no room for its body");
    return ticket;
  };
  /** One that waits for its turn, or is having it. */
  const wait = (tokens: number, caller = "one"): Ticket => {
    const ticket = enter(100, caller);
    queue.expect(ticket, tokens);
    queue.isTurn(ticket);
    return ticket;
  };
  return { queue, clock, enter, wait };
}

/** The limit that stands against a request; undefined if none does. */
export function limitOf(answer: Ticket | Overload | undefined): Overload["limit"] | undefined {
  return answer && "kind" in answer ? answer.limit : undefined;
}
