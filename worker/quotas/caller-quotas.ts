/** The quotas of the caller of one request, from its entry to its answer. */
import { fail, ok, type Failure, type Result } from "../errors.ts";
import { askLedger, type Ledger } from "./ask-ledger.ts";
import { requestQuota, secondsLeft, tokenQuota, type LimitedCaller } from "./quota.ts";
import type { Reservation } from "./quota-ledger.ts";
import { rateLimitHeaders, type QuotaStanding } from "./rate-limit-headers.ts";
import { SpentQuotas } from "./spent-quotas.ts";

const spentHere = new SpentQuotas(Date.now);

export class CallerQuotas {
  readonly #caller: string;
  readonly #ledger: Ledger;
  readonly #spent: SpentQuotas;
  readonly #requests: QuotaStanding | null;
  readonly #tokens: QuotaStanding | null;
  #reservation: Reservation | null = null;

  /** @param spent - Default: what this isolate knows. */
  constructor(caller: LimitedCaller & { name: string }, ledger: Ledger, spent = spentHere) {
    const { name, requestsPerMinute, tokensPerDay } = caller;
    this.#caller = name;
    this.#ledger = ledger;
    this.#spent = spent;
    this.#requests =
      requestsPerMinute === undefined
        ? null
        : { quota: requestQuota(requestsPerMinute), standing: null };
    this.#tokens =
      tokensPerDay === undefined ? null : { quota: tokenQuota(tokensPerDay), standing: null };
  }

  /**
   * Counts the request in, or says what it is refused with.
   *
   * A ledger out of reach lets it in: the rate keeps callers fair to one another, and what an isolate can bear is guarded by its queue.
   */
  async enter(): Promise<Result<void>> {
    const standings = [this.#requests, this.#tokens].filter((each) => each !== null);
    for (const each of standings)
      each.standing = this.#spent.find(this.#caller, each.quota) ?? null;
    if (this.#requests?.standing) return this.#overRate(this.#requests);
    if (this.#requests === null && this.#tokens?.standing) return ok(undefined);
    const quotas = standings.map(({ quota }) => quota);
    const entered = await askLedger(this.#ledger.enter(quotas));
    if (entered === null) return ok(undefined);
    for (const [index, each] of standings.entries()) {
      each.standing = entered.standings[index]!;
      const isSpent = each.standing.remaining === 0;
      // With the last request, the window is spent for the next.
      if (isSpent) this.#spent.add(this.#caller, each.quota, each.standing);
    }
    return entered.isAllowed ? ok(undefined) : this.#overRate(this.#requests!);
  }

  /** What stands against a request that computes, before its body is read. */
  refusal(): Failure | undefined {
    if (this.#tokens === null) return undefined;
    const { standing } = this.#tokens;
    // Whether there is any budget left, nobody knows: to compute would be to give away what the operator may have to pay for.
    if (standing === null) return { kind: "budget_unavailable" };
    return standing.remaining === 0 ? this.#overBudget(null) : undefined;
  }

  /** Sets tokens aside that are about to be computed. @param tokens - An estimate. */
  async reserve(tokens: number): Promise<Result<void>> {
    if (this.#tokens === null) return ok(undefined);
    const taken = await askLedger(this.#ledger.reserve(this.#tokens.quota, tokens, null));
    if (taken === null) return fail({ kind: "budget_unavailable" });
    this.#tokens.standing = taken.standing;
    if (!taken.isTaken) return fail(this.#overBudget(tokens));
    const { endsAtMs } = taken.standing;
    this.#reservation = { tokens, endsAtMs, id: null };
    return ok(undefined);
  }

  /**
   * Charges what was computed in place of what was set aside. If the ledger cannot be reached, the estimate stays charged.
   * @returns Resolves when the ledger has it; {@link CallerQuotas.headers} have it at once.
   */
  async settle(tokens: number): Promise<void> {
    const reservation = this.#reservation;
    if (reservation === null) return;
    this.#reservation = null;
    const { quota, standing } = this.#tokens!;
    const remaining = standing!.remaining + reservation.tokens - tokens;
    standing!.remaining = Math.min(quota.limit, Math.max(0, remaining));
    await askLedger(this.#ledger.settle(reservation, tokens));
  }

  /**
   * Gives back what was set aside for a request that failed, unless its caller has ended it: what was computed until then nobody has
   * counted, and so the estimate stays charged.
   */
  async settleFailure({ kind }: Failure): Promise<void> {
    if (kind === "client_gone" || kind === "deadline_exceeded") this.#reservation = null;
    else await this.settle(0);
  }

  /** For every answer to the caller. */
  get headers(): Record<string, string> {
    const quotas = [this.#requests, this.#tokens].filter((each) => each !== null);
    return rateLimitHeaders(quotas, Date.now());
  }

  #overRate({ quota, standing }: QuotaStanding): { ok: false; failure: Failure } {
    const retryAfterSeconds = secondsLeft(standing!, Date.now());
    return fail({ kind: "rate_limited", requestsPerMinute: quota.limit, retryAfterSeconds });
  }

  #overBudget(neededTokens: number | null): Failure {
    const { quota, standing } = this.#tokens!;
    return {
      kind: "budget_spent",
      tokensPerDay: quota.limit,
      remainingTokens: standing!.remaining,
      neededTokens,
      retryAfterSeconds: secondsLeft(standing!, Date.now()),
    };
  }
}
