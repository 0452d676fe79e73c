import { describe, expect, test } from "vitest";
import { VERDICT_SECONDS } from "../../worker/limits.ts";
import { Readiness, type Verdict } from "../../worker/readiness.ts";

/** A check whose end the test decides, on a clock that only sleeping moves. */
function setUp() {
  let nowMs = 0;
  let checks = 0;
  let end: (verdict: Verdict) => void = () => undefined;
  const readiness = new Readiness(
    () => {
      checks++;
      return new Promise((resolve) => (end = resolve));
    },
    () => nowMs,
    async (ms) => {
      nowMs += ms;
      await new Promise((resolve) => setTimeout(resolve));
    },
  );
  return {
    readiness,
    checks: () => checks,
    end: (verdict: Verdict) => end(verdict),
    pass: (seconds: number) => (nowMs += seconds * 1_000),
  };
}

describe("a verdict", () => {
  test("is that of one check, however many ask at once", async () => {
    const { readiness, checks, end } = setUp();
    const asked = Array.from({ length: 50 }, () => readiness.verdict());
    end(null);
    expect(await Promise.all(asked)).toEqual(asked.map(() => null));
    expect(checks()).toBe(1);
  });

  test("that all is well is kept for good", async () => {
    const { readiness, checks, end, pass } = setUp();
    const first = readiness.verdict();
    end(null);
    await first;
    pass(1_000_000);
    expect(await readiness.verdict()).toBeNull();
    expect(checks()).toBe(1);
  });

  test("that something failed is kept for some seconds, and then looked at anew", async () => {
    const { readiness, checks, end, pass } = setUp();
    const first = readiness.verdict();
    end("model");
    expect(await first).toBe("model");
    pass(VERDICT_SECONDS - 0.001);
    expect(await readiness.verdict()).toBe("model");
    expect(checks()).toBe(1);
    pass(0.001);
    const second = readiness.verdict();
    end(null);
    expect(await second).toBeNull();
    expect(checks()).toBe(2);
  });
});

describe("a check that never ends, since its request was ended midway,", () => {
  test("is made again after some seconds, by one of those who wait", async () => {
    const { readiness, checks, end, pass } = setUp();
    void readiness.verdict();
    pass(VERDICT_SECONDS / 2);
    const waiting = [readiness.verdict(), readiness.verdict()];
    while (checks() < 2) await new Promise((resolve) => setTimeout(resolve));
    end(null);
    expect(await Promise.all(waiting)).toEqual([null, null]);
    expect(checks()).toBe(2);
  });
});

test("who has waited as long as a check may take is told that there was no turn", async () => {
  const { readiness, checks } = setUp();
  void readiness.verdict();
  const early = readiness.verdict();
  const late = readiness.verdict();
  const verdicts = await Promise.race([early, late]);
  expect(verdicts).toBe("turn");
  expect(checks()).toBeLessThanOrEqual(2);
});

test("a check that throws is not made again at once", async () => {
  let nowMs = 0;
  let checks = 0;
  const readiness = new Readiness(
    () => {
      checks++;
      return Promise.reject(new Error("broken"));
    },
    () => nowMs,
    async (ms) => void (nowMs += ms),
  );
  await expect(readiness.verdict()).rejects.toThrow("broken");
  await expect(readiness.verdict()).rejects.toThrow("broken");
  expect([checks, nowMs]).toEqual([2, VERDICT_SECONDS * 1_000]);
});
