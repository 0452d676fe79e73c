/** Tables for people and for programs. Pure. */
import type { Paint } from "./terminal.ts";

/** Characters that a terminal draws in two cells: East Asian ones, and emoji. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;

const CHARACTERS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A text on one line: control characters, which could command a terminal, and runs of white space become a space. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

/** Cells that a terminal takes for a text of one line. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of CHARACTERS.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** A text of at most `width` cells; what is cut ends with an ellipsis. */
export function cut(text: string, width: number): string {
  let used = 0;
  let kept = "";
  let keptBefore = "";
  for (const { segment } of CHARACTERS.segment(text)) {
    used += WIDE.test(segment) ? 2 : 1;
    if (used > width) return `${keptBefore}…`;
    kept += segment;
    if (used < width) keptBefore = kept;
  }
  return kept;
}

/**
 * Rows under a header, the last column cut to what is left of the width. Numbers stand to the right, fractions with four digits.
 * @param width - Cells of a line. Default: as many as it takes.
 */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  paint: Paint,
  width = Infinity,
): string {
  const last = header.length - 1;
  const columns = header.map((name, at) =>
    columnOf(
      name,
      rows.map((row) => row[at] ?? ""),
    ),
  );
  const room = columns.slice(0, last).reduce((left, column) => left - column.width - 2, width);
  const lines = Array.from({ length: rows.length + 1 }, (_, row) =>
    columns
      .map(({ cells, width: cellWidth, isNumeric }, at) => {
        const cell = cells[row]!;
        if (at === last && !isNumeric) return cut(cell, Math.max(10, room));
        const padding = " ".repeat(cellWidth - widthOf(cell));
        return isNumeric ? padding + cell : cell + padding;
      })
      .join("  "),
  );
  return lines.map((line, row) => `${row === 0 ? paint.strong(line) : line}\n`).join("");
}

/** A column's cells as they are written, its name first. */
function columnOf(name: string, values: readonly (string | number)[]) {
  const isNumeric = values.every((value) => typeof value === "number");
  const isFraction = isNumeric && values.some((value) => !Number.isInteger(value));
  const cells = [
    name,
    ...values.map((value) => (isFraction ? Number(value).toFixed(4) : oneLine(String(value)))),
  ];
  return {
    cells,
    isNumeric,
    width: cells.reduce((widest, cell) => Math.max(widest, widthOf(cell)), 0),
  };
}

/** Rows under a header, a tab between cells; tabs, line breaks and backslashes in them are written \t, \n, \r and \\. */
export function renderTsv(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  return [header, ...rows].map((row) => `${row.map(escaped).join("\t")}\n`).join("");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\\": "\\\\",
};

function escaped(cell: string | number): string {
  return String(cell).replace(/[\t\n\r\\]/g, (character) => ESCAPES[character]!);
}
