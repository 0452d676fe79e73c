import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { requestQuota, tokenQuota } from "../../worker/quotas/quota.ts";
import { LedgerStorage, wakeLedger } from "./ledger.ts";

vi.mock("cloudflare:workers", () => ({
  DurableObject: class {
    ctx: unknown;
    constructor(ctx: unknown) {
      this.ctx = ctx;
    }
  },
}));

const NOON = Date.UTC(2026, 10, 28, 12);
const MIDNIGHT = Date.UTC(2026, 10, 29);

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("requests a minute", () => {
  const quota = requestQuota(3);

  test("are counted to the limit and not over it", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    const seen = [];
    for (let request = 0; request < 4; request++) seen.push(await ledger.enter([quota]));
    expect(seen.map(({ isAllowed }) => isAllowed)).toEqual([true, true, true, false]);
    expect(seen.map(({ standings }) => standings[0]!.remaining)).toEqual([2, 1, 0, 0]);
    expect(seen[3]!.standings[0]!.endsAtMs).toBe(NOON + 60_000);
  });

  test("begin anew with each minute of the clock", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    vi.setSystemTime(NOON + 59_999);
    for (let request = 0; request < 3; request++) await ledger.enter([quota]);
    expect((await ledger.enter([quota])).isAllowed).toBe(false);
    vi.setSystemTime(NOON + 60_000);
    expect((await ledger.enter([quota])).standings[0]!.remaining).toBe(2);
  });

  test("of a limit that the operator lowers or raises count from what was used", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    for (let request = 0; request < 3; request++) await ledger.enter([quota]);
    expect((await ledger.enter([requestQuota(2)])).standings[0]!.remaining).toBe(0);
    expect((await ledger.enter([requestQuota(5)])).standings[0]!.remaining).toBe(1);
  });

  test("do not touch tokens, and tell how these stand", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    const { standings } = await ledger.enter([quota, tokenQuota(100)]);
    expect(standings[1]).toEqual({ remaining: 100, endsAtMs: MIDNIGHT });
  });
});

describe("tokens a day", () => {
  const quota = tokenQuota(100);

  test.each([
    [99, true, 1],
    [100, true, 0],
    [101, false, 100],
  ])("%i of 100 are set aside: %s", async (tokens, isTaken, remaining) => {
    const ledger = wakeLedger(new LedgerStorage());
    const taken = await ledger.reserve(quota, tokens, null);
    expect(taken).toEqual({ isTaken, standing: { remaining, endsAtMs: MIDNIGHT } });
  });

  test("are exact however many ask at once", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    const taken = await Promise.all(
      Array.from({ length: 100 }, () => ledger.reserve(quota, 7, null)),
    );
    expect(taken.filter(({ isTaken }) => isTaken)).toHaveLength(14);
    expect((await ledger.reserve(quota, 2, null)).isTaken).toBe(true);
    expect((await ledger.reserve(quota, 1, null)).isTaken).toBe(false);
  });

  test("are charged as they were computed, and given back where nothing was", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    const reservation = { tokens: 60, endsAtMs: MIDNIGHT, id: null };
    await ledger.reserve(quota, 60, null);
    await ledger.settle(reservation, 45);
    expect((await ledger.enter([quota])).standings[0]!.remaining).toBe(55);
    await ledger.reserve(quota, 50, null);
    await ledger.settle({ ...reservation, tokens: 50 }, 0);
    expect((await ledger.enter([quota])).standings[0]!.remaining).toBe(55);
  });

  test("that were more than estimated are charged all the same", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    await ledger.reserve(quota, 90, null);
    await ledger.settle({ tokens: 90, endsAtMs: MIDNIGHT, id: null }, 120);
    expect((await ledger.enter([quota])).standings[0]!.remaining).toBe(0);
  });

  test("outlive the object", async () => {
    const storage = new LedgerStorage();
    await wakeLedger(storage).reserve(quota, 60, null);
    const taken = await wakeLedger(storage).reserve(quota, 41, null);
    expect(taken).toMatchObject({ isTaken: false, standing: { remaining: 40 } });
  });

  test("are whole again at 00:00 UTC, whatever is still computed of the day before", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    vi.setSystemTime(MIDNIGHT - 1);
    await ledger.reserve(quota, 100, null);
    vi.setSystemTime(MIDNIGHT);
    expect((await ledger.reserve(quota, 80, null)).isTaken).toBe(true);
    await ledger.settle({ tokens: 100, endsAtMs: MIDNIGHT, id: null }, 0);
    expect((await ledger.enter([quota])).standings[0]!.remaining).toBe(20);
  });

  test("for work that is tried again are charged once a day", async () => {
    const storage = new LedgerStorage();
    await wakeLedger(storage).reserve(quota, 60, "job-1");
    // The isolate died before it was settled.
    const ledger = wakeLedger(storage);
    const again = await ledger.reserve(quota, 60, "job-1");
    expect(again).toMatchObject({ isTaken: true, standing: { remaining: 40 } });
    const reservation = { tokens: 60, endsAtMs: MIDNIGHT, id: "job-1" };
    await ledger.settle(reservation, 50);
    await ledger.settle(reservation, 50);
    expect((await ledger.reserve(quota, 60, "job-1")).standing.remaining).toBe(50);
    expect((await ledger.reserve(quota, 50, "job-2")).isTaken).toBe(true);
  });

  test("that were given back by an id can be asked for by it again", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    await ledger.reserve(quota, 60, "job-1");
    await ledger.settle({ tokens: 60, endsAtMs: MIDNIGHT, id: "job-1" }, 0);
    expect((await ledger.reserve(quota, 100, "job-2")).isTaken).toBe(true);
    expect((await ledger.reserve(quota, 1, "job-1")).isTaken).toBe(false);
  });
});

describe("what is kept", () => {
  test("is deleted after the day, all of it where nothing is left", async () => {
    const storage = new LedgerStorage();
    const ledger = wakeLedger(storage);
    await ledger.enter([requestQuota(3)]);
    await ledger.reserve(tokenQuota(100), 10, "job-1");
    expect(storage.rows).toBe(3);
    expect(storage.alarmMs).toBe(MIDNIGHT + 60_000);
    vi.setSystemTime(MIDNIGHT + 60_000);
    storage.alarmMs = null;
    await ledger.alarm();
    expect([storage.rows, storage.alarmMs]).toEqual([0, null]);
    expect((await ledger.reserve(tokenQuota(100), 100, null)).isTaken).toBe(true);
    expect(storage.alarmMs).toBe(MIDNIGHT + 86_460_000);
  });

  test("of the new day stays, and is deleted a day later", async () => {
    const storage = new LedgerStorage();
    const ledger = wakeLedger(storage);
    await ledger.enter([requestQuota(3)]);
    vi.setSystemTime(MIDNIGHT + 1_000);
    await ledger.reserve(tokenQuota(100), 30, null);
    vi.setSystemTime(MIDNIGHT + 60_000);
    storage.alarmMs = null;
    await wakeLedger(storage).alarm();
    expect(storage.rows).toBe(1);
    expect(storage.alarmMs).toBe(MIDNIGHT + 86_460_000);
    expect((await ledger.reserve(tokenQuota(100), 71, null)).isTaken).toBe(false);
  });
});
