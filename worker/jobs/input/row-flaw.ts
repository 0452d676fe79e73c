import type { Failure } from "../../errors.ts";
import { publicError } from "../../public-error.ts";
import type { RowCode } from "../problem-codes.ts";
import type { RowProblem } from "../rows.ts";

/** What is wrong with a row; which one it is, is for the reader to say. */
export type RowFlaw = Pick<RowProblem, "column" | "code" | "reason">;

export type RowResult<T> = { ok: true; value: T } | { ok: false; flaw: RowFlaw };

export function flawed(
  code: RowCode,
  reason: string,
  column: string | null = null,
): { ok: false; flaw: RowFlaw } {
  return { ok: false, flaw: { column, code, reason } };
}

/** What a request would have been told, said of a row. */
export function flawOf(failure: Failure, column: string | null): { ok: false; flaw: RowFlaw } {
  const param = ("param" in failure && failure.param) || column || "The row";
  const { code, message } = publicError({ ...failure, param } as Failure);
  // The failures that the values of a row can have are among them.
  return flawed(code as RowCode, message, column);
}
