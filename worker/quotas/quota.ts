/** What a caller may use, and what it has left. Pure. */

/** How many units of something a caller may use in a window; windows begin at multiples of their length since 1970, in UTC. */
export interface Quota {
  name: "requests" | "tokens";
  /** Units a window; 0 allows none. */
  limit: number;
  windowSeconds: number;
}

/** Where a caller stands in the window that is open. */
export interface Standing {
  /** Units it may still use, at least 0. */
  remaining: number;
  /** When the next window begins, in milliseconds since 1970. */
  endsAtMs: number;
}

/** The part of a caller that says what it may use; undefined: no limit. */
export interface LimitedCaller {
  /** Undefined: it is everybody, and has no limits. */
  name: string | undefined;
  requestsPerMinute: number | undefined;
  tokensPerDay: number | undefined;
}

export function requestQuota(requestsPerMinute: number): Quota {
  return { name: "requests", limit: requestsPerMinute, windowSeconds: 60 };
}

/** A day ends at 00:00 UTC. */
export function tokenQuota(tokensPerDay: number): Quota {
  return { name: "tokens", limit: tokensPerDay, windowSeconds: 86_400 };
}

/** When the window that is open at a time ends, in milliseconds since 1970. */
export function windowEnd({ windowSeconds }: Pick<Quota, "windowSeconds">, nowMs: number): number {
  const windowMs = windowSeconds * 1_000;
  return (Math.floor(nowMs / windowMs) + 1) * windowMs;
}

/** Whole seconds until the next window, at least 1: what `Retry-After` has. */
export function secondsLeft({ endsAtMs }: Pick<Standing, "endsAtMs">, nowMs: number): number {
  return Math.max(1, Math.ceil((endsAtMs - nowMs) / 1_000));
}
