/** When a call is tried again, and after how long. Pure. */
import type { RerankErrorFacts, RerankErrorKind } from "./errors.ts";

/**
 * Whether a failed call may succeed if it is repeated as it is.
 *
 * As the clients of OpenAI and Anthropic do: connection errors, timeouts, 408, 409, 429 and >= 500, but not 501, of what a service does not
 * have; the service's `x-should-retry` wins.
 */
export function isRetryable(
  kind: RerankErrorKind,
  { status, headers }: Pick<RerankErrorFacts, "status" | "headers">,
): boolean {
  const said = headers?.get("x-should-retry");
  if (said === "true") return true;
  if (said === "false" || kind === "aborted") return false;
  if (status === undefined) return kind === "connection" || kind === "timeout";
  return [408, 409, 429].includes(status) || (status >= 500 && status !== 501);
}

/** Longest wait that a service can ask for: one that asks for more is out for longer than a caller waits, and the usual waits tell that sooner. */
const MAX_ASKED_MS = 60_000;

/**
 * Milliseconds that an answer asks to wait: `retry-after-ms` or Azure's `x-ms-retry-after-ms`, else `Retry-After` in seconds or as a date;
 * undefined if it asks for nothing, or for a time that is over.
 */
export function retryAfterOf(headers: Headers, nowMs: number): number | undefined {
  const asked = headers.get("retry-after-ms") ?? headers.get("x-ms-retry-after-ms");
  const milliseconds = Number(asked || NaN);
  if (milliseconds >= 0) return milliseconds;
  const value = headers.get("retry-after");
  if (!value) return undefined;
  const waitMs = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return waitMs >= 0 ? waitMs : undefined;
}

/**
 * Milliseconds before the next try: what the service asks for, if that is at most a minute, else 0.5 s doubling up to 8 s, less up to a
 * quarter by chance.
 *
 * @param retries - Tries that were repeated until now.
 * @param random - In [0, 1).
 */
export function retryDelay(
  { retryAfterMs }: Pick<RerankErrorFacts, "retryAfterMs">,
  retries: number,
  random: number,
): number {
  if (retryAfterMs !== undefined && retryAfterMs <= MAX_ASKED_MS) return retryAfterMs;
  return Math.min(500 * 2 ** retries, 8_000) * (1 - random / 4);
}
