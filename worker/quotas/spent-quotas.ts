import type { Quota, Standing } from "./quota.ts";

/**
 * Which callers have spent a quota, as far as this isolate knows: they are refused without another question to their ledger, so that a
 * caller far over its limit costs nearly nothing.
 *
 * A window's requests never come back, so that is as exact as the ledger. Tokens that were set aside can come back, and are asked for again
 * after a second.
 */
export class SpentQuotas {
  readonly #now: () => number;
  readonly #spent = new Map<string, { limit: number; standing: Standing; untilMs: number }>();

  /** @param now - Milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Where the caller stands, if its quota is spent; undefined if that is not known. */
  find(caller: string, { name, limit }: Quota): Standing | undefined {
    const spent = this.#spent.get(keyOf(caller, name));
    if (spent === undefined || spent.untilMs <= this.#now() || limit > spent.limit)
      return undefined;
    return spent.standing;
  }

  add(caller: string, { name, limit }: Quota, standing: Standing): void {
    const now = this.#now();
    for (const [key, { untilMs }] of this.#spent) if (untilMs <= now) this.#spent.delete(key);
    const untilMs = name === "requests" ? standing.endsAtMs : now + 1_000;
    this.#spent.set(keyOf(caller, name), { limit, standing, untilMs });
  }
}

function keyOf(caller: string, quota: Quota["name"]): string {
  return `${quota} ${caller}`;
}
