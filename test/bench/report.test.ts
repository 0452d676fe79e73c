import { expect, test } from "vitest";
import { formatNumber, formatReport, missedTargets, type DatedSection } from "./report.ts";

const section: DatedSection = {
  title: "Speed",
  notes: ["How it was measured."],
  measures: [
    {
      what: "small",
      ours: "1 ms",
      peer: "native",
      theirs: "2 ms",
      ratio: { median: 2, min: 1.5, max: 2.25 },
    },
    { what: "large", ours: "9 ms", target: { text: "at most 5 ms", met: false } },
  ],
  command: "npm run bench -- speed",
  date: "2026-01-02",
  machine: "a machine",
  versions: "Node 22",
  commit: "commit abc",
  loadAverage: "0.1",
};

test("a missed target is said to be missed, at the top", () => {
  const [, summary] = formatReport([section]).split("## ");
  expect(summary).toContain("| large | 9 ms | at most 5 ms | **no** |");
  expect(summary).not.toContain("small");
});

test("a missed target is named with what was measured, one that was met or has no measure is not", () => {
  expect(missedTargets(section)).toEqual(["large is 9 ms and not at most 5 ms"]);
});

test("a section tells how, with which command and where it was measured", () => {
  const [, , text] = formatReport([section]).split("## ");
  expect(text).toMatch(/^Speed\n\nHow it was measured\./);
  expect(text).toContain("| small | 1 ms | native | 2 ms | 2.00 [1.50 to 2.25] |  |");
  expect(text).toContain(
    "`npm run bench -- speed`, 2026-01-02, a machine, load average at the start 0.1",
  );
});

test("without a target there is no summary", () => {
  const report = formatReport([{ ...section, measures: section.measures.slice(0, 1) }]);
  expect(report).not.toContain("What was to be reached");
});

test.each([
  [1234.5, "1235"],
  [123.45, "123"],
  [12.345, "12.3"],
  [1.2345, "1.23"],
  [0.012345, "0.0123"],
  [0, "0.0000"],
])("%d is given to three digits", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});
