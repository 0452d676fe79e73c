/** What a shard of a job takes of the budget of the key that submitted the job, once however often the shard is scored that day. */
import { fail, ok, type Result } from "../errors.ts";
import { askLedger, type Ledger } from "./ask-ledger.ts";
import { secondsLeft, tokenQuota } from "./quota.ts";
import type { QuotaLedger, Reservation } from "./quota-ledger.ts";

/** Whose budget a job's tokens are charged to, as it was when the job was submitted. */
export interface JobBudget {
  caller: string;
  tokensPerDay: number;
}

export class ShardBudget {
  readonly #ledger: Ledger | undefined;
  readonly #tokensPerDay: number;
  readonly #id: string;
  #reservation: Reservation | null = null;

  /** @param id - Of the job and its shard. */
  constructor(
    { caller, tokensPerDay }: JobBudget,
    ledgers: DurableObjectNamespace<QuotaLedger> | undefined,
    id: string,
  ) {
    this.#ledger = ledgers?.getByName(caller);
    this.#tokensPerDay = tokensPerDay;
    this.#id = id;
  }

  /** Sets tokens aside that are about to be computed. @param tokens - An estimate. */
  async reserve(tokens: number): Promise<Result<void>> {
    if (this.#ledger === undefined) return fail({ kind: "budget_unavailable" });
    const quota = tokenQuota(this.#tokensPerDay);
    const taken = await askLedger(this.#ledger.reserve(quota, tokens, this.#id));
    if (taken === null) return fail({ kind: "budget_unavailable" });
    const { isTaken, standing } = taken;
    if (!isTaken) {
      return fail({
        kind: "budget_spent",
        tokensPerDay: quota.limit,
        remainingTokens: standing.remaining,
        neededTokens: tokens,
        retryAfterSeconds: secondsLeft(standing, Date.now()),
      });
    }
    this.#reservation = { tokens, endsAtMs: standing.endsAtMs, id: this.#id };
    return ok(undefined);
  }

  /** Charges what was computed in place of what was set aside; 0 gives it back. */
  async settle(tokens: number): Promise<void> {
    if (this.#reservation) await askLedger(this.#ledger!.settle(this.#reservation, tokens));
  }
}
