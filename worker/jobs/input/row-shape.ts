/** What the columns of a file, or the fields of an object, say its rows are. Pure. */
import type { RowWork } from "../rows.ts";
import type { ColumnNames } from "../source.ts";

/** Two names of the same column: Azure's, and the one that most data sets have. Either stands for the other. */
const TEXT_NAMES = ["input_string", "text"];

export type RowShape =
  | { kind: RowWork["kind"] }
  /** Columns of which one would do. */
  | { kind: "unclear"; missing: readonly string[] };

/** @param has - Whether there is a column of that name */
export function rowShape(columns: ColumnNames, has: (name: string) => boolean): RowShape {
  const { query, document, documents } = columns;
  const textNames = textNamesOf(columns);
  if (has(query)) {
    if (has(documents)) return { kind: "ranking" };
    return has(document) ? { kind: "pair" } : { kind: "unclear", missing: [document, documents] };
  }
  if (textNames.some(has)) return { kind: "text" };
  const isRanking = has(document) || has(documents);
  return { kind: "unclear", missing: isRanking ? [query] : [...textNames, query] };
}

/** What the column of texts may be called; where a file has both, the first one counts. */
export function textNamesOf({ text }: ColumnNames): readonly string[] {
  return TEXT_NAMES.includes(text) ? [text, ...TEXT_NAMES.filter((name) => name !== text)] : [text];
}
