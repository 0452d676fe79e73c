import type { RowProblem } from "../rows.ts";
import { jsonLine } from "./json-line.ts";

/** `errors.jsonl`: one line a problem. */
export function errorsJsonl(problems: readonly RowProblem[]): string {
  return problems
    .map(({ file, row, column, code, reason }) => jsonLine({ file, row, column, code, reason }))
    .join("");
}
