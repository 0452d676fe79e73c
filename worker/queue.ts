/**
 * Who computes next. Requests of one isolate go one after another, in the order in which their bodies had arrived; those that stand in for
 * a backend that failed go behind all others, so that large work never delays small.
 *
 * A request that workerd has ended (its client hung up, its CPU time ran out) never runs again, not even its `finally`; a lock
 * it held would be held for ever, and a promise it should have settled would stay pending. So tickets are plain data: each owner
 * asks for its turn again and again with its own timers, which renews its lease, and whoever asks removes tickets whose lease is over.
 */
import { LIMITS, type LimitName } from "./limits.ts";

/**
 * Milliseconds a ticket lives after its owner last asked for a turn. Longer than one slice of work takes anywhere. An owner that is
 * removed although it lives gets its place back when it asks again, and meanwhile at worst two requests alternate.
 */
export const LEASE_MS = 3_000;

/** Milliseconds between two questions of a waiting request. */
export const POLL_MS = 10;

export interface Ticket {
  /** Held against {@link LIMITS.maxQueuedBytes}. */
  bytes: number;
  /** Place in the line, infinite until the first question for a turn. */
  place: number;
  /** Goes behind every ticket that does not. */
  yields: boolean;
  /** When the ticket dies, in milliseconds of {@link InferenceQueue}'s clock. */
  expiresAtMs: number;
}

export class InferenceQueue {
  readonly #now: () => number;
  #tickets: Ticket[] = [];
  #lastPlace = 0;

  /** @param now - Milliseconds; in production the clock stands still while code runs, and that is enough. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * A ticket for a request that is about to be read, or the limit that stands against it.
   *
   * @param bytes - Declared size of its body, 0 if none was.
   * @param limit - How many tickets there may be: with a backend behind the edge, more requests may be open than can wait here.
   */
  enter(
    bytes: number,
    limit: "maxQueuedRequests" | "maxOpenRequests" = "maxQueuedRequests",
  ): Ticket | LimitName {
    this.#removeExpired();
    if (this.#tickets.length >= LIMITS[limit]) return limit;
    const expiresAtMs = this.#now() + LIMITS.maxBodySeconds * 1_000 + LEASE_MS;
    const ticket = { bytes: 0, place: Infinity, yields: false, expiresAtMs };
    if (!this.hold(ticket, bytes)) return "maxQueuedBytes";
    this.#tickets.push(ticket);
    return ticket;
  }

  /** Tickets that live. */
  get size(): number {
    this.#removeExpired();
    return this.#tickets.length;
  }

  /** Tickets that have a place in the line. */
  get waiting(): number {
    this.#removeExpired();
    return this.#tickets.filter(({ place }) => place < Infinity).length;
  }

  /** Tickets that do not yield, those of requests that are still read among them. */
  get urgent(): number {
    this.#removeExpired();
    return this.#tickets.filter(({ yields }) => !yields).length;
  }

  /** Whether there is room for a body of now so many bytes; what the ticket holds never shrinks. */
  hold(ticket: Ticket, bytes: number): boolean {
    const others = this.#tickets.reduce(
      (sum, other) => sum + (other === ticket ? 0 : other.bytes),
      0,
    );
    if (others + bytes > LIMITS.maxQueuedBytes) return false;
    ticket.bytes = Math.max(ticket.bytes, bytes);
    return true;
  }

  /** Whether it is this ticket's turn. Renews its lease; the first call gives it its place in the line. */
  isTurn(ticket: Ticket): boolean {
    if (ticket.place === Infinity) ticket.place = ++this.#lastPlace;
    ticket.expiresAtMs = this.#now() + LEASE_MS;
    this.#removeExpired();
    if (!this.#tickets.includes(ticket)) this.#tickets.push(ticket);
    return this.#tickets.every((other) => !goesBefore(other, ticket));
  }

  /** Gives up the place in the line for so many milliseconds of waiting for something else; what the ticket holds, it keeps. */
  stepAside(ticket: Ticket, ms: number): void {
    ticket.place = Infinity;
    ticket.expiresAtMs = this.#now() + ms + LEASE_MS;
  }

  /** Takes the ticket out of the line. */
  leave(ticket: Ticket): void {
    this.#tickets = this.#tickets.filter((other) => other !== ticket);
  }

  #removeExpired(): void {
    const now = this.#now();
    this.#tickets = this.#tickets.filter(({ expiresAtMs }) => expiresAtMs > now);
  }
}

function goesBefore(one: Ticket, other: Ticket): boolean {
  return one.yields === other.yields
    ? one.place < other.place
    : one.place < Infinity && other.yields;
}
