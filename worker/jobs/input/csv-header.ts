/** The first row of a CSV. Pure. */
import { JOB_LIMITS } from "../../limits.ts";
import type { ColumnNames, Source } from "../source.ts";
import { csvFields } from "./csv-fields.ts";
import { unreadable, type Unreadable } from "./file-problem.ts";
import { markBytes } from "./read-head.ts";
import { isBlank, QUOTE_STAYS_OPEN, rowEnds } from "./row-ends.ts";
import { rowShape, textNamesOf } from "./row-shape.ts";

export interface CsvHeader {
  ok: true;
  /** Without the white space around each. */
  names: string[];
  /** Offset of what follows it. */
  end: number;
}

/** What a header may have instead of the right delimiter. */
const DELIMITERS: Readonly<Record<string, string>> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "vertical bars",
};

/**
 * Problems: `empty_file`, `unclosed_quote`, `header_too_long`, `invalid_encoding`, `stray_quote`, `duplicate_column`,
 * `missing_column`.
 *
 * @param head - The file's first bytes: `maxHeaderBytes` and more, or all
 */
export function csvHeader(
  { name, delimiter, columns }: Pick<Source, "name" | "delimiter" | "columns">,
  head: Uint8Array,
  isWhole: boolean,
): CsvHeader | Unreadable {
  const start = markBytes(head);
  const bounds = headerBounds(name, head.subarray(start), isWhole, delimiter);
  if (!bounds.ok) return bounds;
  const bytes = head.subarray(start + bounds.start, start + bounds.end);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return unreadable(name, "invalid_encoding", "The header is not valid UTF-8.");
  }
  const row = text.replace(/[\r\n]$/, "");
  const { fields, strayAt } = csvFields(row, delimiter, row.length + 1);
  if (strayAt !== undefined) {
    const reason = `Field ${strayAt + 1} of the header has text after its closing quote.`;
    return unreadable(name, "stray_quote", reason);
  }
  const names = fields.map((field) => field.trim());
  const problem = checkNames(name, names, columns, hintOf(row, delimiter));
  return problem ?? { ok: true, names, end: start + bounds.end };
}

/** The first row that is not blank. */
function headerBounds(
  name: string,
  bytes: Uint8Array,
  isWhole: boolean,
  delimiter: string,
): { ok: true; start: number; end: number } | Unreadable {
  const about = { format: "csv", delimiter } as const;
  const { maxHeaderBytes } = JOB_LIMITS;
  const endOfRow = rowEnds(bytes, about);
  for (let start = 0; start < bytes.length;) {
    const found = endOfRow(start);
    const end = found < 0 ? bytes.length : found;
    if (isBlank(bytes, start, end, about)) {
      start = end;
      continue;
    }
    if (found === QUOTE_STAYS_OPEN) {
      const reason = `A quote that the header opens is not closed, neither in the file nor within the limit maxHeaderBytes of ${maxHeaderBytes}.`;
      return unreadable(name, "unclosed_quote", reason);
    }
    if (end - start > maxHeaderBytes || (found < 0 && !isWhole)) break;
    return { ok: true, start, end };
  }
  if (isBlank(bytes, 0, bytes.length, about) && isWhole) {
    return unreadable(name, "empty_file", "The file has only blank lines.");
  }
  const reason = `The header, the file's first line, is over the limit maxHeaderBytes of ${maxHeaderBytes}.`;
  return unreadable(name, "header_too_long", reason);
}

function checkNames(
  file: string,
  names: readonly string[],
  columns: ColumnNames,
  hint: string,
): Unreadable | undefined {
  const wanted = new Set([...Object.values(columns), ...textNamesOf(columns)]);
  const twice = [...wanted].find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined) {
    const reason = `The header has the column ${twice} more than once.`;
    return unreadable(file, "duplicate_column", reason, { column: twice });
  }
  const shape = rowShape(columns, (name) => names.includes(name));
  if (shape.kind !== "unclear") return undefined;
  const { query, document, documents } = columns;
  const reason = `The header has no column ${shape.missing.join(" or ")}. A file must have ${textNamesOf(columns).join(" or ")}, or ${query} with ${document} or with ${documents}.${hint}`;
  return unreadable(file, "missing_column", reason);
}

/** A header that has more of another delimiter. */
function hintOf(header: string, delimiter: string): string {
  const countOf = (character: string): number => header.split(character).length - 1;
  const [other, word] =
    Object.entries(DELIMITERS).toSorted(([a], [b]) => countOf(b) - countOf(a))[0] ?? [];
  if (other === undefined || countOf(other) <= countOf(delimiter)) return "";
  const own = DELIMITERS[delimiter] ?? "of the delimiter that the job has";
  return ` It has ${countOf(other)} ${word} and ${countOf(delimiter)} ${own}: is that the delimiter?`;
}
