import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CallerQuotas } from "../../worker/quotas/caller-quotas.ts";
import type { Ledger } from "../../worker/quotas/ask-ledger.ts";
import { SpentQuotas } from "../../worker/quotas/spent-quotas.ts";
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

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  vi.spyOn(console as Console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Requests of one key through one isolate. */
function isolate(rights: { requestsPerMinute?: number; tokensPerDay?: number }, ledger: Ledger) {
  const { requestsPerMinute, tokensPerDay } = rights;
  const spent = new SpentQuotas(Date.now);
  return () => new CallerQuotas({ name: "shop", requestsPerMinute, tokensPerDay }, ledger, spent);
}

const down: Ledger = {
  enter: () => Promise.reject(new Error("Network connection lost.")),
  reserve: () => Promise.reject(new Error("Network connection lost.")),
  settle: () => Promise.reject(new Error("Network connection lost.")),
};

const silent: Ledger = {
  enter: () => new Promise(() => {}),
  reserve: () => new Promise(() => {}),
  settle: () => new Promise(() => {}),
};

describe("the headers", () => {
  test("name both quotas, and what is left of each", async () => {
    const quotas = isolate(
      { requestsPerMinute: 600, tokensPerDay: 2_000_000 },
      wakeLedger(new LedgerStorage()),
    )();
    await quotas.enter();
    expect(quotas.headers).toEqual({
      "ratelimit-policy": '"requests";q=600;w=60, "tokens";q=2000000;qu="tokens";w=86400',
      ratelimit: '"requests";r=599;t=60, "tokens";r=2000000;t=43200',
    });
  });

  test("have what was computed before the ledger has it", async () => {
    const quotas = isolate({ tokensPerDay: 100 }, wakeLedger(new LedgerStorage()))();
    await quotas.enter();
    await quotas.reserve(60);
    expect(quotas.headers["ratelimit"]).toBe('"tokens";r=40;t=43200');
    const settled = quotas.settle(45);
    expect(quotas.headers["ratelimit"]).toBe('"tokens";r=55;t=43200');
    await settled;
  });
});

describe("a caller over its rate", () => {
  test("is told when to come back, and costs the ledger nothing more in that minute", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    const enter = vi.spyOn(ledger, "enter");
    const request = isolate({ requestsPerMinute: 2 }, ledger);
    vi.setSystemTime(NOON + 20_500);
    for (let sent = 0; sent < 2; sent++) expect((await request().enter()).ok).toBe(true);
    for (let sent = 0; sent < 10; sent++) {
      const quotas = request();
      expect(await quotas.enter()).toEqual({
        ok: false,
        failure: { kind: "rate_limited", requestsPerMinute: 2, retryAfterSeconds: 40 },
      });
      expect(quotas.headers["ratelimit"]).toBe('"requests";r=0;t=40');
    }
    expect(enter).toHaveBeenCalledTimes(2);
    vi.setSystemTime(NOON + 60_000);
    expect((await request().enter()).ok).toBe(true);
  });

  test("is let in again at once when its limit is raised", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    const spent = new SpentQuotas(Date.now);
    const request = (requestsPerMinute: number) =>
      new CallerQuotas({ name: "shop", requestsPerMinute, tokensPerDay: undefined }, ledger, spent);
    await request(1).enter();
    expect((await request(1).enter()).ok).toBe(false);
    expect((await request(2).enter()).ok).toBe(true);
  });
});

describe("a caller over its budget", () => {
  test("is refused before its body is read, and asked about again after a second", async () => {
    const ledger = wakeLedger(new LedgerStorage());
    const request = isolate({ tokensPerDay: 100 }, ledger);
    const first = request();
    await first.enter();
    await first.reserve(100);
    const second = request();
    await second.enter();
    expect(second.refusal()).toEqual({
      kind: "budget_spent",
      tokensPerDay: 100,
      remainingTokens: 0,
      neededTokens: null,
      retryAfterSeconds: 43_200,
    });
    // The first one fails, and what was set aside for it comes back.
    await first.settleFailure({ kind: "internal" });
    vi.setSystemTime(NOON + 1_001);
    const third = request();
    await third.enter();
    expect(third.refusal()).toBeUndefined();
  });

  test.each([
    ["client_gone", 40],
    ["deadline_exceeded", 40],
    ["internal", 100],
  ] as const)("of a request that ends as %s, %i of 100 are left", async (kind, left) => {
    const ledger = wakeLedger(new LedgerStorage());
    const request = isolate({ tokensPerDay: 100 }, ledger);
    const quotas = request();
    await quotas.enter();
    await quotas.reserve(60);
    await quotas.settleFailure(kind === "deadline_exceeded" ? { kind, timeoutMs: 1 } : { kind });
    const next = request();
    await next.enter();
    expect(next.headers["ratelimit"]).toContain(`r=${left};`);
  });
});

describe("with a ledger out of reach", () => {
  test("a rate lets requests in", async () => {
    const quotas = isolate({ requestsPerMinute: 1 }, down)();
    expect((await quotas.enter()).ok).toBe(true);
    expect(quotas.refusal()).toBeUndefined();
    expect(quotas.headers).toEqual({ "ratelimit-policy": '"requests";q=1;w=60' });
  });

  test("a budget lets nothing be computed", async () => {
    const quotas = isolate({ tokensPerDay: 100 }, down)();
    expect((await quotas.enter()).ok).toBe(true);
    expect(quotas.refusal()).toEqual({ kind: "budget_unavailable" });
    expect(await quotas.reserve(1)).toEqual({
      ok: false,
      failure: { kind: "budget_unavailable" },
    });
  });

  test("one that stays silent is out of reach after two seconds", async () => {
    const entering = isolate({ requestsPerMinute: 1 }, silent)().enter();
    await vi.advanceTimersByTimeAsync(1_999);
    expect(await Promise.race([entering, "waits"])).toBe("waits");
    await vi.advanceTimersByTimeAsync(1);
    expect((await entering).ok).toBe(true);
  });
});
