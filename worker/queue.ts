/**
 * Who computes next, and who may come in: the tickets of one isolate's requests, with the rules of `queue-policy.ts`. What stands in for a backend
 * that failed, and jobs, go behind all others.
 *
 * A request that workerd has ended (its client hung up, its CPU time ran out) never runs again, not even its `finally`; a lock
 * it held would be held for ever, and a promise it should have settled would stay pending. So tickets are plain data: each owner
 * asks for its turn again and again with its own timers, which renews its lease, and whoever asks removes tickets whose lease is over.
 */
import type { Overload } from "./errors.ts";
import { LIMITS, MOST_RETRY_AFTER_SECONDS, TOKENS_PER_SECOND } from "./limits.ts";
import {
  isRoom,
  nextTicket,
  shareAfter,
  tokensAhead,
  type Share,
  type Ticket,
} from "./queue-policy.ts";

export type { Ticket } from "./queue-policy.ts";

/**
 * Milliseconds a ticket lives after its owner last asked for a turn. Longer than one slice of work takes anywhere. An owner that is
 * removed although it lives gets its place back when it asks again, and meanwhile at worst two requests alternate.
 */
export const LEASE_MS = 3_000;

/** Milliseconds between two questions of a waiting request. */
export const POLL_MS = 10;

/** What callers who have less than an equal share may bring a full queue to, as a multiple of the limit; of bodies, a longest one more. */
const MOST = 2;

/** How much longer than its estimate a request may take and still be in time. */
const MARGIN = 1.25;

/** How much each token that was computed lets earlier ones count for the speed: the last 10,000 or so are what counts. */
const FORGETTING = 1e-4;

export class InferenceQueue {
  readonly #now: () => number;
  #tickets: Ticket[] = [];
  #lastPlace = 0;
  readonly #shares = new Map<string, Share>();
  /** Tokens and the milliseconds that they took, older ones counting ever less. */
  readonly #computed = { tokens: TOKENS_PER_SECOND, ms: 1_000 };
  #lastUrgentMs = -Infinity;

  /** @param now - Milliseconds; in production the clock stands still while code runs, and that is enough. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * A ticket for a request that is about to be read, or what stands against it.
   *
   * @param declaredBytes - Of its body, 0 if none were. They are not held before they have come, or a slow sender would hold them.
   */
  enter(caller: string, declaredBytes: number): Ticket | Overload {
    this.#removeExpired();
    const expiresAtMs = this.#now() + LIMITS.maxBodySeconds * 1_000 + LEASE_MS;
    const ticket = { caller, bytes: 0, tokens: 0, place: Infinity, yields: false, expiresAtMs };
    const open = this.#countRoom(ticket, this.#tickets, () => 1);
    const { maxOpenRequests: limit } = LIMITS;
    if (!isRoom({ ...open, limit, most: MOST * limit })) return this.#overload("maxOpenRequests");
    const full = this.#fullOf(ticket, declaredBytes);
    if (full) return full;
    this.#tickets.push(ticket);
    return ticket;
  }

  /**
   * What stands against a request's waiting here for its turn; undefined if nothing does, or if it has a place in the line already.
   *
   * @param tokens - Estimate of what it will compute.
   * @param remainingMs - How long its caller still waits.
   */
  refusal(ticket: Ticket, tokens: number, remainingMs: number): Overload | undefined {
    if (ticket.place < Infinity) return undefined;
    this.#removeExpired();
    const waiting = this.#inLine();
    const { maxQueuedRequests: limit, maxQueuedSeconds } = LIMITS;
    const room = this.#countRoom(ticket, waiting, () => 1);
    if (!isRoom({ ...room, limit, most: MOST * limit })) return this.#overload("maxQueuedRequests");
    const aheadMs = this.#msOf(tokensAhead(waiting, { caller: ticket.caller, tokens }));
    if (aheadMs > maxQueuedSeconds * 1_000) return this.#overload("maxQueuedSeconds");
    // A request that takes longer than its caller waits is not the others' fault, and is not helped by coming back.
    return aheadMs > 0 && MARGIN * (aheadMs + this.#msOf(tokens)) > remainingMs
      ? this.#overload("x-request-timeout-ms")
      : undefined;
  }

  /**
   * What stands against going on with a request whose turn it is: others wait, and it would not be done in time, so that all that is computed for it
   * would be lost to them; undefined if nothing does.
   *
   * @param remainingMs - How long its caller still waits.
   */
  hopelessness(ticket: Ticket, remainingMs: number): Overload | undefined {
    const isAlone = this.#tickets.every((other) => other === ticket || other.place === Infinity);
    if (isAlone || ticket.yields || this.#msOf(ticket.tokens) <= remainingMs) return undefined;
    return this.#overload("x-request-timeout-ms");
  }

  /** Tickets that live. */
  get size(): number {
    this.#removeExpired();
    return this.#tickets.length;
  }

  /** Tickets that have a place in the line. */
  get waiting(): number {
    this.#removeExpired();
    return this.#inLine().length;
  }

  /** Tickets that do not yield, those of requests that are still read among them. */
  get urgent(): number {
    this.#removeExpired();
    return this.#tickets.filter(({ yields }) => !yields).length;
  }

  /** Milliseconds since there last was a ticket that does not yield. */
  get msSinceUrgent(): number {
    return this.urgent > 0 ? 0 : this.#now() - this.#lastUrgentMs;
  }

  /** What stands against a body of now so many bytes, which are held if nothing does; what the ticket holds never shrinks. */
  hold(ticket: Ticket, bytes: number): Overload | undefined {
    const full = this.#fullOf(ticket, bytes);
    if (!full) ticket.bytes = Math.max(ticket.bytes, bytes);
    return full;
  }

  /** Whether it is this ticket's turn. Renews its lease; the first call gives it its place in the line. */
  isTurn(ticket: Ticket): boolean {
    if (ticket.place === Infinity) this.#place(ticket);
    ticket.expiresAtMs = this.#now() + LEASE_MS;
    this.#removeExpired();
    if (!this.#tickets.includes(ticket)) this.#tickets.push(ticket);
    return this.#next(this.#tickets) === ticket;
  }

  /** Whether it is this ticket's turn as soon as the one whose turn it is has left. */
  isNearlyTurn(ticket: Ticket): boolean {
    const first = this.#next(this.#tickets);
    return this.#next(this.#tickets.filter((other) => other !== first)) === ticket;
  }

  /** Says what the ticket's request will compute, as soon as that is known better. */
  expect(ticket: Ticket, tokens: number): void {
    ticket.tokens = tokens;
  }

  /** Says that so many tokens of the ticket's request have been computed. */
  spend(ticket: Ticket, tokens: number): void {
    ticket.tokens = Math.max(0, ticket.tokens - tokens);
    this.#shares.set(
      ticket.caller,
      shareAfter(this.#shareOf(ticket.caller), ticket, this.#tickets, tokens),
    );
  }

  /** Says how long so many tokens took, by which waits are estimated. */
  time(tokens: number, ms: number): void {
    const kept = Math.exp(-FORGETTING * tokens);
    this.#computed.tokens = this.#computed.tokens * kept + tokens;
    this.#computed.ms = this.#computed.ms * kept + ms;
  }

  /** Gives up the place in the line for so many milliseconds of waiting for something else; what the ticket holds, it keeps. */
  stepAside(ticket: Ticket, ms: number): void {
    ticket.place = Infinity;
    ticket.expiresAtMs = this.#now() + ms + LEASE_MS;
  }

  /** Takes the ticket out of the line. */
  leave(ticket: Ticket): void {
    if (!ticket.yields) this.#lastUrgentMs = this.#now();
    this.#tickets = this.#tickets.filter((other) => other !== ticket);
    this.#forgetCallers();
  }

  #inLine(): Ticket[] {
    return this.#tickets.filter(({ place }) => place < Infinity);
  }

  #next(tickets: readonly Ticket[]): Ticket | undefined {
    return nextTicket(tickets, (caller) => this.#shareOf(caller));
  }

  /** A caller who comes back has no more in advance of the others than the one of them who has had least. */
  #place(ticket: Ticket): void {
    const others = this.#tickets.filter(
      ({ caller, place }) => caller !== ticket.caller && place < Infinity,
    );
    const isBack = !this.#tickets.some(
      ({ caller, place }) => caller === ticket.caller && place < Infinity,
    );
    if (isBack && others.length > 0) {
      const least = Math.min(...others.map(({ caller }) => this.#shareOf(caller).served));
      const own = this.#shareOf(ticket.caller);
      this.#shares.set(ticket.caller, { served: Math.max(own.served, least), owed: 0 });
    }
    ticket.place = ++this.#lastPlace;
  }

  #shareOf(caller: string): Share {
    return this.#shares.get(caller) ?? NOTHING;
  }

  #fullOf(ticket: Ticket, bytes: number): Overload | undefined {
    const others = this.#tickets.filter((other) => other !== ticket);
    const held = this.#countRoom(ticket, others, (other) => other.bytes, bytes);
    const { maxQueuedBytes: limit, maxBodyBytes } = LIMITS;
    return isRoom({ ...held, limit, most: limit + maxBodyBytes })
      ? undefined
      : this.#overload("maxQueuedBytes");
  }

  #countRoom(
    { caller }: Ticket,
    others: readonly Ticket[],
    of: (ticket: Ticket) => number,
    asked = 1,
  ): { all: number; own: number; callers: number } {
    const sum = (tickets: readonly Ticket[]): number =>
      tickets.reduce((total, ticket) => total + of(ticket), asked);
    return {
      all: sum(others),
      own: sum(others.filter((other) => other.caller === caller)),
      callers: new Set([caller, ...others.map((other) => other.caller)]).size,
    };
  }

  /** When everything that waits now has been computed, there is room. */
  #overload(limit: Overload["limit"]): Overload {
    const waiting = this.#inLine().filter(({ yields }) => !yields);
    const ms = this.#msOf(waiting.reduce((sum, { tokens }) => sum + tokens, 0));
    const seconds = Math.min(MOST_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(ms / 1_000)));
    return { kind: "overloaded", limit, retryAfterSeconds: seconds };
  }

  #msOf(tokens: number): number {
    return (tokens * this.#computed.ms) / this.#computed.tokens;
  }

  #removeExpired(): void {
    const now = this.#now();
    if (this.#tickets.every(({ expiresAtMs }) => expiresAtMs > now)) return;
    this.#tickets = this.#tickets.filter(({ expiresAtMs }) => expiresAtMs > now);
    this.#forgetCallers();
  }

  #forgetCallers(): void {
    const callers = new Set(this.#tickets.map(({ caller }) => caller));
    for (const caller of this.#shares.keys()) if (!callers.has(caller)) this.#shares.delete(caller);
  }
}

const NOTHING: Share = { served: 0, owed: 0 };
