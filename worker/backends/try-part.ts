/** One try of one part of a request: a call, and, if it is slow and the backend's settings say so, a copy of it. */
import { callPart, type PartCall, type PartResult, type Sending } from "./call-part.ts";

/** Milliseconds between two looks for a free slot. */
const SLOT_POLL_MS = 20;

/**
 * A call that is copied once if it takes longer than 95 of 100 calls did and a slot is free by then. The first good answer wins, and the other
 * call is ended; if both fail, the failure that came first is told.
 */
export async function tryPart(part: PartCall, sending: Sending): Promise<PartResult> {
  const { backend, latencies, slots } = sending;
  const slowMs = backend.limits.hedge ? latencies.p95() : undefined;
  if (slowMs === undefined) return callPart(part, sending, sending.signal);

  const calls = new AbortController();
  const wait = new AbortController();
  const endCalls = (): void => calls.abort();
  const endWait = (): void => wait.abort();
  sending.signal.addEventListener("abort", endCalls);
  const first = callPart(part, sending, calls.signal);
  first.then(endWait, endWait);
  const second = slotWhenSlow(slowMs, sending, wait.signal).then((hasSlot) =>
    hasSlot ? callPart(part, sending, calls.signal).finally(() => slots.release()) : first,
  );
  try {
    const sooner = await Promise.race([first, second]);
    if (sooner.ok) return sooner;
    const results = await Promise.all([first, second]);
    return results.find(({ ok }) => ok) ?? sooner;
  } finally {
    sending.signal.removeEventListener("abort", endCalls);
    endCalls();
    await Promise.allSettled([first, second]);
  }
}

/** True, and a slot is taken, when the call is slow and one is free; false if the call has ended before. */
async function slotWhenSlow(
  slowMs: number,
  { sleep, slots }: Sending,
  ended: AbortSignal,
): Promise<boolean> {
  for (let waitMs = slowMs; ; waitMs = SLOT_POLL_MS) {
    await sleep(waitMs, ended);
    if (ended.aborted) return false;
    if (slots.take()) return true;
  }
}
