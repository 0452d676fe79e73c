import { sleep } from "../backends/sleep.ts";
import { writeLog } from "../observe/log.ts";
import type { QuotaLedger } from "./quota-ledger.ts";

/** What of a ledger's Durable Object is called. */
export type Ledger = Pick<QuotaLedger, "enter" | "reserve" | "settle">;

/** Milliseconds after which a ledger counts as out of reach. */
const TIMEOUT_MS = 2_000;

/** What a ledger answers; null if it does not, in time or at all. */
export async function askLedger<T>(call: Promise<T>): Promise<T | null> {
  const over = new AbortController();
  const timeout = sleep(TIMEOUT_MS, over.signal).then(() => {
    if (!over.signal.aborted) throw new Error("no answer in time");
    return null;
  });
  try {
    return await Promise.race([call, timeout]);
  } catch {
    writeLog({ level: "error", event: "quotas", problem: "a ledger cannot be reached" });
    return null;
  } finally {
    over.abort();
  }
}
