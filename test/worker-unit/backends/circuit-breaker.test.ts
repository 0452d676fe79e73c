import { describe, expect, test } from "vitest";
import {
  CircuitBreaker,
  FIRST_OPEN_MS,
  MAX_OPEN_MS,
  OUTAGES_TO_OPEN,
  PROBE_LEASE_MS,
} from "../../../worker/backends/circuit-breaker.ts";

/** A breaker whose clock the test moves. */
function breakerAt(startMs: number) {
  const clock = { ms: startMs };
  const breaker = new CircuitBreaker(() => clock.ms);
  const fail = (times: number, retryAfterMs: number | null = null): void => {
    for (let call = 0; call < times; call++) breaker.fail(retryAfterMs);
  };
  return { breaker, clock, fail };
}

/** One that is open since 1 s. */
function openBreaker(retryAfterMs: number | null = null) {
  const opened = breakerAt(1_000);
  opened.fail(OUTAGES_TO_OPEN, retryAfterMs);
  return opened;
}

describe("closed", () => {
  test("lets everything through", () => {
    const { breaker, fail } = breakerAt(0);
    fail(OUTAGES_TO_OPEN - 1);
    expect([breaker.enter(), breaker.enter()]).toEqual(["closed", "closed"]);
    expect(breaker.retryAfterMs()).toBe(0);
  });

  test("opens after outages in a row only", () => {
    const { breaker, fail } = breakerAt(0);
    for (let round = 0; round < 5; round++) {
      fail(OUTAGES_TO_OPEN - 1);
      breaker.succeed();
    }
    expect(breaker.state).toBe("closed");
    fail(OUTAGES_TO_OPEN);
    expect(breaker.state).toBe("open");
  });
});

describe("open", () => {
  test("lets nothing through until its time is over, and says when that is", () => {
    const { breaker, clock } = openBreaker();
    expect(breaker.enter()).toBe("open");
    expect(breaker.retryAfterMs()).toBe(FIRST_OPEN_MS);
    clock.ms += FIRST_OPEN_MS - 1;
    expect(breaker.enter()).toBe("open");
    expect(breaker.retryAfterMs()).toBe(1);
    clock.ms += 1;
    expect(breaker.enter()).toBe("probe");
  });

  test.each([
    [2_000, FIRST_OPEN_MS],
    [20_000, 20_000],
    [86_400_000, MAX_OPEN_MS],
  ])("with a wish of %i ms lasts %i ms", (wishMs, openMs) => {
    expect(openBreaker(wishMs).breaker.retryAfterMs()).toBe(openMs);
  });

  test("is not doubled by calls that were under way, but lengthened by what they are asked to wait", () => {
    const { breaker, clock, fail } = openBreaker();
    clock.ms += 1_000;
    fail(10);
    expect(breaker.retryAfterMs()).toBe(FIRST_OPEN_MS - 1_000);
    fail(1, 10_000);
    expect(breaker.retryAfterMs()).toBe(10_000);
    fail(1, 9_000);
    expect(breaker.retryAfterMs()).toBe(10_000);
  });

  test("closes when a call that was under way is answered", () => {
    const { breaker } = openBreaker();
    breaker.succeed();
    expect(breaker.enter()).toBe("closed");
  });
});

describe("half-open", () => {
  test("lets exactly one request through", () => {
    const { breaker, clock } = openBreaker();
    clock.ms += FIRST_OPEN_MS;
    expect(breaker.state).toBe("half-open");
    const entries = Array.from({ length: 5 }, () => breaker.enter());
    expect(entries).toEqual(["probe", "open", "open", "open", "open"]);
    expect(breaker.retryAfterMs()).toBeGreaterThan(0);
  });

  test("closes when the probe is answered, and has forgotten how long it was open", () => {
    const { breaker, clock, fail } = openBreaker();
    clock.ms += FIRST_OPEN_MS;
    breaker.enter();
    breaker.fail(null);
    clock.ms += 2 * FIRST_OPEN_MS;
    breaker.enter();
    breaker.succeed();
    expect([breaker.enter(), breaker.enter()]).toEqual(["closed", "closed"]);
    fail(OUTAGES_TO_OPEN - 1);
    expect(breaker.state).toBe("closed");
    fail(1);
    expect(breaker.retryAfterMs()).toBe(FIRST_OPEN_MS);
  });

  test("opens for twice as long each time the probe fails, up to a minute", () => {
    const { breaker, clock } = openBreaker();
    const openMs = [];
    for (let probe = 0; probe < 6; probe++) {
      clock.ms += breaker.retryAfterMs();
      expect(breaker.enter()).toBe("probe");
      breaker.fail(null);
      openMs.push(breaker.retryAfterMs());
    }
    expect(openMs).toEqual([10_000, 20_000, 40_000, MAX_OPEN_MS, MAX_OPEN_MS, MAX_OPEN_MS]);
  });

  test("opens for as long as the probe is asked to wait", () => {
    const { breaker, clock } = openBreaker();
    clock.ms += FIRST_OPEN_MS;
    breaker.enter();
    breaker.fail(30_000);
    expect(breaker.retryAfterMs()).toBe(30_000);
  });

  test("replaces a probe that says nothing, when its lease is over", () => {
    const { breaker, clock } = openBreaker();
    clock.ms += FIRST_OPEN_MS;
    breaker.enter();
    clock.ms += PROBE_LEASE_MS - 1;
    expect(breaker.enter()).toBe("open");
    clock.ms += 1;
    expect([breaker.enter(), breaker.enter()]).toEqual(["probe", "open"]);
  });

  test("lets the next one probe when the probe ended without a verdict", () => {
    const { breaker, clock } = openBreaker();
    clock.ms += FIRST_OPEN_MS;
    breaker.enter();
    breaker.release();
    expect([breaker.enter(), breaker.enter()]).toEqual(["probe", "open"]);
  });
});
