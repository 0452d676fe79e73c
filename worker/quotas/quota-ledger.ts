/**
 * One caller's use of its quotas, exact however many isolates it reaches: a Durable Object of each caller's name counts for all of them.
 *
 * Every change is made between two awaits, so that no two calls see the same count; it is written before its caller learns of it, and so
 * outlives the object's eviction.
 */
import { DurableObject } from "cloudflare:workers";
import { tokenQuota, windowEnd, type Quota, type Standing } from "./quota.ts";

/** Tokens that were set aside before they were computed. */
export interface Reservation {
  tokens: number;
  /** Of the day that they were taken from. */
  endsAtMs: number;
  /** What they are for, if that may be tried again: it is charged once a day however often that is. Null: for one request. */
  id: string | null;
}

/** What came of an attempt to take something. */
export interface Taken {
  isTaken: boolean;
  standing: Standing;
}

/** Where a caller stands after a request was let in or refused. */
export interface Entered {
  /** Whether the request is within `requests`. */
  isAllowed: boolean;
  /** One a quota, in their order. */
  standings: Standing[];
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS windows (quota TEXT PRIMARY KEY, ends_at_ms INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS charges (id TEXT PRIMARY KEY, ends_at_ms INTEGER NOT NULL, tokens INTEGER NOT NULL) WITHOUT ROWID;
`;

export class QuotaLedger extends DurableObject<object> {
  /** Whether there are tables, and an alarm that will delete what is old. */
  #isOpen = false;

  /** Counts a request in, if that is within `requests`; tells of the other quotas how they stand. */
  async enter(quotas: readonly Quota[]): Promise<Entered> {
    await this.#open();
    const taken = quotas.map((quota) => this.#take(quota, quota.name === "requests" ? 1 : 0));
    return {
      isAllowed: taken.every(({ isTaken }) => isTaken),
      standings: taken.map(({ standing }) => standing),
    };
  }

  /** Sets tokens aside, if so many are left. What is set aside for an id already is not set aside again. */
  async reserve(quota: Quota, tokens: number, id: string | null): Promise<Taken> {
    await this.#open();
    const endsAtMs = windowEnd(quota, Date.now());
    const isCharged = id !== null && this.#charge(id, endsAtMs) !== undefined;
    const taken = this.#take(quota, isCharged ? 0 : tokens);
    if (taken.isTaken && id !== null && !isCharged) this.#setCharge(id, endsAtMs, tokens);
    return taken;
  }

  /** Charges what was computed in place of what was set aside for it; 0 gives it back. Of a day that is over, nothing. */
  async settle({ tokens, endsAtMs, id }: Reservation, actualTokens: number): Promise<void> {
    await this.#open();
    const before = id === null ? tokens : this.#charge(id, endsAtMs);
    if (before === undefined) return;
    this.ctx.storage.sql.exec(
      "UPDATE windows SET used = max(0, used + ?) WHERE quota = 'tokens' AND ends_at_ms = ?",
      actualTokens - before,
      endsAtMs,
    );
    if (id !== null) this.#setCharge(id, endsAtMs, actualTokens);
  }

  /** Deletes what is over, and lets the object go when that was all. */
  override async alarm(): Promise<void> {
    await this.#open();
    const { sql } = this.ctx.storage;
    const now = Date.now();
    sql.exec("DELETE FROM windows WHERE ends_at_ms <= ?", now);
    sql.exec("DELETE FROM charges WHERE ends_at_ms <= ?", now);
    this.#isOpen = false;
    if (sql.exec("SELECT 1 FROM windows").toArray().length > 0) await this.#open();
    else await this.ctx.storage.deleteAll();
  }

  async #open(): Promise<void> {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { storage } = this.ctx;
    storage.sql.exec(TABLES);
    // A minute after the day's end, so that no window of it is open any more.
    if ((await storage.getAlarm()) === null)
      await storage.setAlarm(windowEnd(tokenQuota(0), Date.now()) + 60_000);
  }

  #take(quota: Quota, amount: number): Taken {
    const { sql } = this.ctx.storage;
    const endsAtMs = windowEnd(quota, Date.now());
    const [row] = sql.exec<{ used: number }>(
      "SELECT used FROM windows WHERE quota = ? AND ends_at_ms = ?",
      quota.name,
      endsAtMs,
    );
    const used = row?.used ?? 0;
    const isTaken = amount === 0 || used + amount <= quota.limit;
    const after = isTaken ? used + amount : used;
    if (after !== used) {
      sql.exec(
        "INSERT OR REPLACE INTO windows (quota, ends_at_ms, used) VALUES (?, ?, ?)",
        quota.name,
        endsAtMs,
        after,
      );
    }
    return { isTaken, standing: { remaining: Math.max(0, quota.limit - after), endsAtMs } };
  }

  #charge(id: string, endsAtMs: number): number | undefined {
    const [row] = this.ctx.storage.sql.exec<{ tokens: number }>(
      "SELECT tokens FROM charges WHERE id = ? AND ends_at_ms = ?",
      id,
      endsAtMs,
    );
    return row?.tokens;
  }

  #setCharge(id: string, endsAtMs: number, tokens: number): void {
    const { sql } = this.ctx.storage;
    if (tokens === 0) {
      sql.exec("DELETE FROM charges WHERE id = ?", id);
      return;
    }
    sql.exec(
      "INSERT OR REPLACE INTO charges (id, ends_at_ms, tokens) VALUES (?, ?, ?)",
      id,
      endsAtMs,
      tokens,
    );
  }
}
