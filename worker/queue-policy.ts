/**
 * Whose turn it is, what goes before a request, and who may still come in. Pure.
 *
 * Callers share the thread equally, by tokens. Of one caller's requests the one with the least work left goes first, so that short ones do not wait
 * for long ones; but one token in four goes to the oldest, so that long ones come to their end under any stream of short ones.
 */

/** A request's place in an isolate. */
export interface Ticket {
  /** Name of the caller, among whom the thread is shared. */
  readonly caller: string;
  /** Of its body, as far as it has come; held against the limit `maxQueuedBytes`. */
  bytes: number;
  /** Estimated tokens that it has still to compute here; 0 until its body has been read. */
  tokens: number;
  /** Place in the line, infinite until the first question for a turn. */
  place: number;
  /** Goes behind every ticket that does not. */
  yields: boolean;
  /** When the ticket dies, in milliseconds of the queue's clock. */
  expiresAtMs: number;
}

/** What a caller has had. */
export interface Share {
  /** Tokens that were computed for it, by which callers are compared. */
  served: number;
  /** Tokens that its oldest request is owed; below 0 when it has had more. */
  owed: number;
}

/** What the oldest request of a caller is owed for each token that another one of the caller's gets. */
const OWED_A_TOKEN = 1 / 3;

/** Tokens that may be owed at most, and had in advance. */
const MOST_OWED = 512;

/** The ticket whose turn it is; undefined if none is in the line. @param shareOf - What a caller has had. */
export function nextTicket(
  tickets: readonly Ticket[],
  shareOf: (caller: string) => Share,
): Ticket | undefined {
  const inLine = tickets.filter(({ place }) => place < Infinity);
  const urgent = inLine.filter(({ yields }) => !yields);
  const candidates = urgent.length > 0 ? urgent : inLine;
  const served = ({ caller }: Ticket): number => shareOf(caller).served;
  const first = least(candidates, served);
  if (first === undefined) return undefined;
  const own = candidates.filter(({ caller }) => caller === first.caller);
  return shareOf(first.caller).owed > 0 ? least(own, () => 0) : least(own, workLeft);
}

/** What a caller has had after so many tokens more for one of its tickets. */
export function shareAfter(
  { served, owed }: Share,
  ticket: Ticket,
  tickets: readonly Ticket[],
  tokens: number,
): Share {
  const own = tickets.filter(({ caller, place }) => caller === ticket.caller && place < Infinity);
  const isOldest = least(own, () => 0) === ticket;
  const change = own.length < 2 ? 0 : isOldest ? -tokens : tokens * OWED_A_TOKEN;
  return {
    served: served + tokens,
    owed: Math.min(MOST_OWED, Math.max(-MOST_OWED, owed + change)),
  };
}

/**
 * Tokens that are computed before the last one of a request's own, if nobody comes after it: what is no longer, a third as much for older
 * ones that are, and as much for each other caller.
 *
 * @param tokens - Of the request.
 */
export function tokensAhead(
  tickets: readonly Ticket[],
  { caller, tokens }: { caller: string; tokens: number },
): number {
  let shorter = 0;
  let longer = 0;
  const others = new Map<string, number>();
  for (const ticket of tickets) {
    if (ticket.yields || ticket.place === Infinity) continue;
    if (ticket.caller !== caller)
      others.set(ticket.caller, (others.get(ticket.caller) ?? 0) + ticket.tokens);
    else if (ticket.tokens <= tokens) shorter += ticket.tokens;
    else longer += ticket.tokens;
  }
  const own = shorter + Math.min(longer, (shorter + tokens) * OWED_A_TOKEN);
  const most = own + tokens;
  return others.values().reduce((sum, other) => sum + Math.min(other, most), own);
}

/** How much there is of something limited. */
export interface Room {
  limit: number;
  /** What callers who have less than an equal share may together bring it to, so that one who has all of it shuts nobody out. */
  most: number;
  /** Of all callers, and of the one that asks, with what it asks for. */
  all: number;
  own: number;
  /** Callers that have any, the one that asks included. */
  callers: number;
}

export function isRoom({ limit, most, all, own, callers }: Room): boolean {
  return all <= limit || (callers > 1 && own <= limit / callers && all <= most);
}

function workLeft({ tokens }: Ticket): number {
  return tokens;
}

/** Of equal ones the oldest. */
function least(tickets: readonly Ticket[], key: (ticket: Ticket) => number): Ticket | undefined {
  let best: Ticket | undefined;
  for (const ticket of tickets) {
    const isLess = best === undefined || (key(ticket) - key(best) || ticket.place - best.place) < 0;
    if (isLess) best = ticket;
  }
  return best;
}
