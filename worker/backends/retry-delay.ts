/** How long to wait before a call is tried again: what the upstream asks for, and what we do without being asked. Pure. */

/** Milliseconds before the first further try, without jitter; each later wait is twice the one before. */
export const FIRST_BACKOFF_MS = 250;

/** Milliseconds that a wait without jitter never exceeds. */
export const MAX_BACKOFF_MS = 4_000;

/** The two of HTTP's three forms of a date that name their time zone; the third, asctime's, is not sent by any upstream we know. */
const HTTP_DATE = /^[A-Z][a-z]+, .+ GMT$/;

const NUMBER = /^\d+(\.\d+)?$/;

/**
 * Milliseconds for which an answer asks to wait, from `retry-after-ms`, `x-ms-retry-after-ms` or `Retry-After` (seconds or a date), the first
 * that makes sense. As long as it says: the caller decides how much of it to believe.
 *
 * @param nowMs - Milliseconds since 1970, for a date.
 * @returns null if it asks for nothing, or for a time that is over.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota for `retry-after-ms`
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  return (
    numberIn(headers.get("retry-after-ms"), 1) ??
    numberIn(headers.get("x-ms-retry-after-ms"), 1) ??
    numberIn(headers.get("retry-after"), 1_000) ??
    dateIn(headers.get("retry-after"), nowMs)
  );
}

/**
 * Milliseconds before the next try: 250, 500, 1,000, 2,000, then 4,000 each time, less up to half of it by chance, so that calls that
 * failed together do not come back together.
 *
 * @param attempt - How many tries were made again already, from 0.
 * @param random - Numbers in [0, 1).
 */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt) * (1 - random() / 2);
}

function numberIn(value: string | null, unitMs: number): number | null {
  if (value === null || !NUMBER.test(value)) return null;
  const ms = Number(value) * unitMs;
  return Number.isFinite(ms) ? ms : null;
}

function dateIn(value: string | null, nowMs: number): number | null {
  if (value === null || !HTTP_DATE.test(value)) return null;
  const ms = Date.parse(value) - nowMs;
  return ms >= 0 ? ms : null;
}
