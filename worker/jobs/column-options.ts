/** The option `columns`: how a job's file calls its columns. Pure. */
import { fail, ok, type Result } from "../errors.ts";
import type { ColumnNames } from "./source.ts";

/** A text's column may as well be called `text`. */
export const COLUMN_DEFAULTS: ColumnNames = {
  text: "input_string",
  query: "query",
  document: "document",
  documents: "documents",
  queryId: "query_id",
  documentId: "document_id",
};

/** What each is called in the option. */
const ROLES: ReadonlyMap<string, keyof ColumnNames> = new Map([
  ["text", "text"],
  ["query", "query"],
  ["document", "document"],
  ["documents", "documents"],
  ["query_id", "queryId"],
  ["document_id", "documentId"],
]);

/**
 * Column names of a text such as `query=question,document=passage`; those that it does not name stay.
 * @param param - Where it stands in the body.
 */
export function parseColumns(value: string, param: string): Result<ColumnNames> {
  const columns = { ...COLUMN_DEFAULTS };
  for (const part of value.split(",")) {
    const at = part.indexOf("=");
    const role = ROLES.get(part.slice(0, at).trim());
    const name = part.slice(at + 1).trim();
    if (at < 0 || role === undefined || name === "") {
      const problem = `must be a list such as query=question,document=passage of ${[...ROLES.keys()].join(", ")}`;
      return fail({ kind: "invalid_value", param, problem });
    }
    columns[role] = name;
  }
  return ok(columns);
}
