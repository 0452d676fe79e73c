import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startDisplay } from "../../sdk/cli/batch/display.ts";
import { paceOf, spokenBytes, spokenTime } from "../../sdk/cli/batch/pace.ts";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function displayOn(isTTY: boolean, isQuiet = false, columns = 200) {
  const written: string[] = [];
  const write = (text: string | Uint8Array): void => void written.push(String(text));
  return { written, display: startDisplay({ write, isTTY, columns }, isQuiet) };
}

const rows = (done: number, failed = 0) =>
  ({ label: "scoring", unit: "rows", done, total: 10_000, failed }) as const;

test("without a terminal there is a line every ten seconds, also while nothing changes", () => {
  const { written, display } = displayOn(false);
  display.show(rows(0));
  for (let second = 1; second <= 25; second++) {
    vi.advanceTimersByTime(1_000);
    if (second <= 12) display.show(rows(second * 100));
  }
  display.end();
  vi.advanceTimersByTime(60_000);
  expect(written).toEqual([
    "scoring  0 %, 0 of 10,000 rows\n",
    "scoring  9 %, 900 of 10,000 rows, 90/s, 2 min left\n",
    "scoring  12 %, 1,200 of 10,000 rows, 65/s, 3 min left\n",
  ]);
});

test("another label begins a line at once", () => {
  const { written, display } = displayOn(false);
  display.show({ label: "preparing", unit: "rows", done: 0, total: null });
  display.show(rows(0));
  display.end();
  expect(written).toEqual(["preparing\n", "scoring  0 %, 0 of 10,000 rows\n"]);
});

test("at a terminal a bar is drawn over itself, notes stay, and the end takes the bar away", () => {
  const { written, display } = displayOn(true);
  display.show(rows(0));
  vi.advanceTimersByTime(500);
  display.show(rows(5_000, 2));
  display.note("The job is x.");
  display.end();
  const bar = `${"#".repeat(12)}${"-".repeat(12)}`;
  expect(written).toEqual([
    `\r\u001B[2Kscoring  [${"-".repeat(24)}] 0 %, 0 of 10,000 rows`,
    `\r\u001B[2Kscoring  [${bar}] 50 %, 5,000 of 10,000 rows, 10,000/s, 1 s left, 2 failed`,
    "\r\u001B[2KThe job is x.\n",
    "\r\u001B[2K",
  ]);
});

test("no line is wider than the terminal", () => {
  const { written, display } = displayOn(true, false, 30);
  display.show(rows(100));
  display.end();
  expect(written[0]).toHaveLength("\r\u001B[2K".length + 29);
});

test("who wants quiet is told of rows that failed, and of nothing else", () => {
  const { written, display } = displayOn(true, true);
  display.show(rows(100));
  display.note("a note");
  display.warn("a warning");
  display.end();
  expect(written.join("")).toBe("\r\u001B[2Ka warning\n");
});

test("the pace is that of the last half minute", () => {
  const pace = paceOf();
  expect(pace(0, 0, 1_000)).toEqual({ perSecond: 0, secondsLeft: undefined });
  expect(pace(10_000, 100, 1_000)).toEqual({ perSecond: 10, secondsLeft: 90 });
  expect(pace(60_000, 350, 1_000)).toEqual({ perSecond: 5, secondsLeft: 130 });
  expect(pace(90_000, 950, null)).toEqual({ perSecond: 20, secondsLeft: undefined });
});

test("between the steps of what grows in steps the pace stays, until a step is overdue", () => {
  const pace = paceOf();
  const perSecond = (second: number, done: number) => pace(second * 1_000, done, 10_000).perSecond;
  expect([perSecond(0, 0), perSecond(10, 1_000), perSecond(14, 1_000)]).toEqual([0, 100, 100]);
  expect([perSecond(20, 1_000), perSecond(40, 1_000), perSecond(50, 2_000)]).toEqual([100, 50, 25]);
});

test("of what is under way when it is first seen, the pace is known after two steps", () => {
  const pace = paceOf();
  expect(pace(0, 500, null).perSecond).toBe(0);
  expect(pace(100, 1_500, null).perSecond).toBe(0);
  expect(pace(10_100, 2_500, null).perSecond).toBe(100);
});

test("the pace begins anew where the work does", () => {
  const pace = paceOf();
  pace(0, 0, null);
  expect(pace(1_000, 100, null).perSecond).toBe(100);
  expect(pace(2_000, 50, null).perSecond).toBe(0);
});

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_000, "1.0 KB"],
  [12_345_678, "12.3 MB"],
  [123_456_789, "123 MB"],
  [5e15, "5000 TB"],
])("%i bytes are %s", (bytes, spoken) => {
  expect(spokenBytes(bytes)).toBe(spoken);
});

test.each([
  [0.2, "1 s"],
  [99.5, "100 s"],
  [100, "2 min"],
  [5_940, "99 min"],
  [11_100, "3 h 5 min"],
])("%f seconds are %s", (seconds, spoken) => {
  expect(spokenTime(seconds)).toBe(spoken);
});
