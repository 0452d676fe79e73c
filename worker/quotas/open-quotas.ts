import { fail, ok, type Result } from "../errors.ts";
import { CallerQuotas } from "./caller-quotas.ts";
import type { LimitedCaller } from "./quota.ts";
import type { QuotaLedger } from "./quota-ledger.ts";

/** @returns The caller's quotas; null if it has none, and so costs no look at a ledger. */
export function openQuotas(
  caller: LimitedCaller,
  ledgers: DurableObjectNamespace<QuotaLedger> | undefined,
): Result<CallerQuotas | null> {
  const { name, requestsPerMinute, tokensPerDay } = caller;
  if (name === undefined || (requestsPerMinute ?? tokensPerDay) === undefined) return ok(null);
  if (ledgers === undefined) {
    const problem = "the key has limits, and the binding QUOTAS is missing";
    return fail({ kind: "misconfigured", problems: [problem] });
  }
  return ok(new CallerQuotas({ ...caller, name }, ledgers.getByName(name)));
}
