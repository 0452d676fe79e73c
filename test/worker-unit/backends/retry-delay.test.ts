import { describe, expect, test } from "vitest";
import { backoffMs, retryAfterMs } from "../../../worker/backends/retry-delay.ts";

const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);

describe("an answer asks to wait", () => {
  test.each([
    ["retry-after-ms", "1500", 1_500],
    ["x-ms-retry-after-ms", "20.5", 20.5],
    ["retry-after", "7", 7_000],
    ["retry-after", "0.25", 250],
    ["retry-after", "0", 0],
    ["retry-after", "86400", 86_400_000],
    ["retry-after", "Tue, 24 Nov 2026 12:00:30 GMT", 30_000],
    ["retry-after", "Tuesday, 24-Nov-26 12:01:00 GMT", 60_000],
  ])("with %s: %s", (name, value, ms) => {
    expect(retryAfterMs(new Headers({ [name]: value }), NOW)).toBe(ms);
  });

  test.each([
    ["retry-after-ms", "-5"],
    ["retry-after-ms", "soon"],
    ["retry-after", "-1"],
    ["retry-after", ""],
    ["retry-after", "1e3"],
    ["retry-after", "NaN"],
    ["retry-after", "Infinity"],
    ["retry-after", "9".repeat(400)],
    ["retry-after", "12, 30"],
    ["retry-after", "Tue, 24 Nov 2026 11:59:59 GMT"],
    ["retry-after", "Tue, 99 Nov 2026 12:00:30 GMT"],
    ["retry-after", "2026-11-24T12:00:30Z"],
  ])("but not with %s: %s", (name, value) => {
    expect(retryAfterMs(new Headers({ [name]: value }), NOW)).toBe(null);
  });

  test("not without a header", () => {
    expect(retryAfterMs(new Headers(), NOW)).toBe(null);
  });

  test("in milliseconds rather than in seconds, unless those make no sense", () => {
    expect(retryAfterMs(new Headers({ "retry-after": "1", "retry-after-ms": "40" }), NOW)).toBe(40);
    expect(retryAfterMs(new Headers({ "retry-after": "1", "retry-after-ms": "x" }), NOW)).toBe(
      1_000,
    );
  });
});

describe("the wait before another try", () => {
  test("doubles from 0.25 s to 4 s", () => {
    const waits = [0, 1, 2, 3, 4, 5, 1_000].map((attempt) => backoffMs(attempt, () => 0));
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  test("is cut by chance, to no less than half", () => {
    expect(backoffMs(0, () => 0.5)).toBe(187.5);
    expect(backoffMs(0, () => 1 - Number.EPSILON)).toBeGreaterThanOrEqual(125);
  });
});
