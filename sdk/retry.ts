/** When a call is tried again, and after how long. Pure. */
import type { RerankError } from "./errors.ts";

/**
 * Whether a failed try is repeated.
 *
 * As the clients of OpenAI and Anthropic do: connection errors, timeouts, 408, 409, 429 and >= 500; the service's `x-should-retry` wins.
 */
export function shouldRetry({ kind, status, headers }: RerankError): boolean {
  const said = headers?.get("x-should-retry");
  if (said === "true") return true;
  if (said === "false" || kind === "aborted") return false;
  if (status === undefined) return kind === "connection" || kind === "timeout";
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/** Longest wait that a service can ask for; what asks for more is not tried again so soon and not so late either. */
const MAX_ASKED_MS = 60_000;

/** Milliseconds that an answer asks to wait: `retry-after-ms`, else `Retry-After` in seconds or as a date; undefined if neither. */
export function retryAfterOf(headers: Headers, nowMs: number): number | undefined {
  const milliseconds = Number(headers.get("retry-after-ms") ?? NaN);
  if (milliseconds >= 0) return milliseconds;
  const value = headers.get("retry-after");
  if (value === null || value === "") return undefined;
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
  { retryAfterMs }: Pick<RerankError, "retryAfterMs">,
  retries: number,
  random: number,
): number {
  if (retryAfterMs !== undefined && retryAfterMs <= MAX_ASKED_MS) return retryAfterMs;
  return Math.min(500 * 2 ** retries, 8_000) * (1 - random / 4);
}
