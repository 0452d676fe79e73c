import { afterEach, describe, expect, test, vi } from "vitest";
import { framesOf, logFrom, writeLog } from "../../worker/observe/log.ts";
import type { LogLevel } from "../../worker/observe/log-lines.ts";

afterEach(() => {
  vi.restoreAllMocks();
  logFrom("info");
});

/** What is written while `work` runs: the console's method, and the text. */
function written(work: () => void): [string, string][] {
  const lines: [string, string][] = [];
  for (const method of ["log", "warn", "error"] as const) {
    const write = (text: string): void => void lines.push([method, text]);
    vi.spyOn(console as Console, method).mockImplementation(write);
  }
  work();
  return lines;
}

const line = (level: LogLevel, problem = "p") => ({ level, event: "setting", problem }) as const;

describe("a line of the log", () => {
  test("is JSON, by the console's method of its level", () => {
    const lines = written(() => {
      for (const level of ["info", "warn", "error"] as const) writeLog(line(level));
    });
    expect(lines.map(([method]) => method)).toEqual(["log", "warn", "error"]);
    expect(lines.map(([, text]) => JSON.parse(text) as object)).toEqual([
      line("info"),
      line("warn"),
      line("error"),
    ]);
  });

  test("is one line, whatever stands in it", () => {
    const hostile = 'end"}\r\n{"level":"error","event":"request"}\u2028\u0000\u001b[31m';
    const [[, text]] = written(() => writeLog(line("info", hostile))) as [[string, string]];
    expect(text).not.toMatch(/[^\x20-\uffff]/);
    expect(JSON.parse(text)).toEqual(line("info", hostile));
  });

  test("below the level that is set is left out", () => {
    logFrom("warn");
    const lines = written(() => {
      for (const level of ["info", "warn", "error"] as const) writeLog(line(level));
    });
    expect(lines.map(([method]) => method)).toEqual(["warn", "error"]);
  });
});

test("of an error's stack, the message is left out", () => {
  const frames = framesOf(new Error("kanarie\n    at kanarie (kanarie:1:1)"))!;
  expect(frames.length).toBeGreaterThan(0);
  expect(frames.join()).not.toContain("kanarie");
});
