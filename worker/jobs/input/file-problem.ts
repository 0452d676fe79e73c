import type { FileCode } from "../problem-codes.ts";
import type { RowProblem } from "../rows.ts";

/** An expected failure: of a whole file, or of the row that makes the file unreadable. */
export interface Unreadable {
  ok: false;
  problem: RowProblem & { code: FileCode };
}

/** @param file - As the results call it. */
export function unreadable(
  file: string,
  code: FileCode,
  reason: string,
  { row = null, column = null }: { row?: number | null; column?: string | null } = {},
): Unreadable {
  return { ok: false, problem: { file, row, column, code, reason } };
}
