import { expect, test } from "vitest";
import { cut, oneLine, renderTable, renderTsv, widthOf } from "../../sdk/cli/table.ts";
import { paintFor } from "../../sdk/cli/terminal.ts";

const PLAIN = paintFor({ write: () => {} }, {});

test("numbers stand to the right, fractions with four digits", () => {
  const rows = [
    [1, 0.5, "Mars"],
    [10, 1, "Venus"],
  ];
  expect(renderTable(["rank", "score", "text"], rows, PLAIN)).toBe(
    ["rank   score  text", "   1  0.5000  Mars", "  10  1.0000  Venus", ""].join("\n"),
  );
});

test("a table without rows has its header", () => {
  expect(renderTable(["rank", "text"], [], PLAIN)).toBe("rank  text\n");
});

test.each([20, 24, 40])("no line is wider than a terminal of %i cells", (width) => {
  const rows = [
    [1, "x", "a very long text that goes on and on"],
    [2, "木星", "木星は太陽系で最も大きい惑星である"],
    [3, "👩‍🚀", "👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀"],
  ];
  const lines = renderTable(["n", "id", "text"], rows, PLAIN, width).trimEnd().split("\n");
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
  expect(lines.slice(1).every((line) => line.endsWith("…"))).toBe(width < 40);
});

test("East Asian characters and emoji take two cells, combining marks none", () => {
  expect(["", "abc", "木星", "é", "👩‍🚀", "e\u0301"].map(widthOf)).toEqual([0, 3, 4, 1, 2, 1]);
});

test.each<[string, number, string]>([
  ["Mars", 4, "Mars"],
  ["Mars!", 4, "Mar…"],
  ["木星だ", 4, "木…"],
  ["木星", 4, "木星"],
  ["", 1, ""],
])("%s in %i cells is %s", (text, width, expected) => {
  expect(cut(text, width)).toBe(expected);
});

test("a document cannot command the terminal", () => {
  expect(oneLine("a\u001B[2Jb\u0007\r\n\u2028c\u009B31m ")).toBe("a [2Jb c 31m");
});

test("TSV has a line a row, whatever the cells hold", () => {
  expect(renderTsv(["score", "text"], [[0.1, "a\tb\nc\r\\n"]])).toBe(
    "score\ttext\n0.1\ta\\tb\\nc\\r\\\\n\n",
  );
});

test.each<[string, { isTTY?: boolean; env?: Record<string, string> }, string]>([
  ["a terminal", { isTTY: true }, "\u001B[1mx\u001B[22m"],
  ["an empty NO_COLOR", { isTTY: true, env: { NO_COLOR: "" } }, "\u001B[1mx\u001B[22m"],
  ["NO_COLOR", { isTTY: true, env: { NO_COLOR: "1" } }, "x"],
  ["a dumb terminal", { isTTY: true, env: { TERM: "dumb" } }, "x"],
  ["a pipe", {}, "x"],
])("on %s texts are dressed accordingly", (_, { isTTY, env = {} }, expected) => {
  expect(paintFor({ write: () => {}, isTTY }, env).strong("x")).toBe(expected);
});
