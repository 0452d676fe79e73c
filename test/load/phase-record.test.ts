import { expect, test } from "vitest";
import { PhaseRecord } from "./phase-record.ts";

const phase = { name: "phase", seconds: 2, ratePerSecond: 1 };

test("an answer is good within the deadline, a refusal has a Retry-After, and all else is told apart", () => {
  const record = new PhaseRecord(phase, 1_000);
  for (let i = 0; i < 8; i++) record.send(i);
  record.answer(0, 1_000, 200, { "x-rerank-tokens": "30" });
  record.answer(0, 1_001, 200, { "x-rerank-tokens": "30" });
  record.answer(0, 5, 429, { "retry-after": "1" });
  record.answer(1, 6, 503, { "retry-after": "1" });
  record.answer(1, 7, 429, {});
  record.answer(1, 8, 500, {});
  record.fail(1, "ECONNRESET");
  // Due in the phase's last moment, and so in no second of its own.
  record.fail(2, "ECONNRESET");
  expect(record.report()).toMatchObject({
    sent: 8,
    sentLateMs: 7,
    good: { count: 1 },
    goodTokens: 30,
    late: 1,
    refused: { count: 2 },
    others: { 429: 1, 500: 1 },
    failures: { ECONNRESET: 2 },
    bySecond: [
      { good: 1, notGood: 2 },
      { good: 0, notGood: 4 },
    ],
  });
});

test("percentiles are exact to three digits", () => {
  const record = new PhaseRecord(phase, 10_000);
  for (let ms = 1; ms <= 1_000; ms++) record.answer(0, ms, 200, {});
  const { p50, p95, p99, max } = record.report().good;
  for (const [measured, exact] of [
    [p50, 500],
    [p95, 950],
    [p99, 990],
    [max, 1_000],
  ] as const) {
    expect(Math.abs(measured - exact)).toBeLessThan(exact / 500);
  }
});

test("of nothing, every percentile is 0", () => {
  const { good } = new PhaseRecord(phase, 1).report();
  expect(good).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, max: 0 });
});
