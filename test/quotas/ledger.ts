/** The ledger's own class on SQLite, outside workerd, so that a test can set its clock. */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { QuotaLedger } from "../../worker/quotas/quota-ledger.ts";

/** What outlives the object. */
export class LedgerStorage {
  #database = new DatabaseSync(":memory:");
  /** Milliseconds since 1970; null: none is set. */
  alarmMs: number | null = null;

  readonly sql = {
    exec: (query: string, ...values: SQLInputValue[]) => {
      if (values.length === 0 && query.includes(";")) {
        this.#database.exec(query);
        return [];
      }
      const rows = this.#database.prepare(query).all(...values);
      return Object.assign(rows, { toArray: () => rows });
    },
  };

  async getAlarm(): Promise<number | null> {
    return this.alarmMs;
  }

  async setAlarm(ms: number): Promise<void> {
    this.alarmMs = ms;
  }

  async deleteAll(): Promise<void> {
    this.#database.close();
    this.#database = new DatabaseSync(":memory:");
    this.alarmMs = null;
  }

  /** Rows of all tables. */
  get rows(): number {
    const tables = this.#database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'");
    return tables.all().reduce((sum, { name }) => {
      const { rows } = this.#database.prepare(`SELECT count(*) AS rows FROM ${name}`).get()!;
      return sum + Number(rows);
    }, 0);
  }
}

/** A new object on a storage, as after an eviction. */
export function wakeLedger(storage: LedgerStorage): QuotaLedger {
  return new QuotaLedger({ storage } as unknown as DurableObjectState, {});
}
