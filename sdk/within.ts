/** Waiting that ends: at a time, or at a caller's signal. Neither a timer nor a listener outlives it. */
import { rerankError, type RerankError } from "./errors.ts";

/** The longest that timers can; over it they fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * What `run` comes to, or an error as soon as the time is over or the signal aborted, even if `run` then goes on.
 *
 * @param run - Is given a signal that says that nobody waits for it any longer.
 * @throws TimeoutError, AbortedError, and what `run` throws
 */
export async function within<T>(
  waitMs: number,
  signal: AbortSignal | undefined,
  run: (ended: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw aborted(signal);
  const ending = new AbortController();
  let end!: () => void;
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(signal?.aborted ? aborted(signal) : timedOut(waitMs));
  });
  const timer = setTimeout(end, Math.min(waitMs, MAX_TIMER_MS));
  signal?.addEventListener("abort", end);
  try {
    return await Promise.race([run(ending.signal), ended]);
  } catch (error) {
    ending.abort();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

/** Rejects as soon as the signal is aborted. @throws AbortedError */
export function pause(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(aborted(signal));
      else resolve();
    };
    const timer = setTimeout(end, Math.min(waitMs, MAX_TIMER_MS));
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}

function timedOut(waitMs: number): RerankError {
  return rerankError(
    "timeout",
    `There was no answer within ${Math.ceil(waitMs)} ms: raise timeout or totalTimeout, or send fewer documents.`,
    { code: "timeout" },
  );
}

/** The error of what a signal has ended. */
export function aborted(signal: AbortSignal): RerankError {
  return rerankError(
    "aborted",
    "The call was ended by its signal: make it again if it is still wanted.",
    {
      code: "aborted",
      cause: signal.reason,
    },
  );
}
