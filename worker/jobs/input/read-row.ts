/** From the values of a row to what it asks for, with the checks and limits that `POST /score` and `/rerank` have for it. Pure. */
import type { TextPair } from "../../encode-pairs.ts";
import type { Failure } from "../../errors.ts";
import { readDocuments } from "../../protocols/rank-documents.ts";
import { queryText } from "../../protocols/rerank-options.ts";
import { documentText, validate } from "../../protocols/validate.ts";
import { checkTotalChars } from "../../total-chars.ts";
import type { InputRow, RowWork } from "../rows.ts";
import type { ColumnNames } from "../source.ts";
import { jsonValue } from "./json-value.ts";
import { flawed, flawOf, type RowFlaw, type RowResult } from "./row-flaw.ts";
import { rowShape, textNamesOf } from "./row-shape.ts";

/** A row but for its number. */
export type RowContent = Omit<InputRow, "row">;

/** The value of a column in a row; undefined if the row does not have it. */
export type ValueOf = (column: string) => unknown;

/** Flaws: `missing_value`, `invalid_value`, `empty_list`, `over_limit`; of a list that is written as JSON, those of {@link jsonValue}. */
export function readRow(valueOf: ValueOf, columns: ColumnNames): RowResult<RowContent> {
  const shape = rowShape(columns, (column) => valueOf(column) !== undefined);
  const content = readContent();
  if (!content.ok) return content;
  const queryId = idOf(valueOf(columns.queryId), columns.queryId);
  if (!queryId.ok) return queryId;
  const fits = checkTotalChars(pairsOf(content.value.work));
  if (!fits.ok) return flawOf(fits.failure, null);
  return {
    ok: true,
    value: { ...content.value, ...(queryId.value && { queryId: queryId.value }) },
  };

  function readContent(): RowResult<RowContent> {
    switch (shape.kind) {
      case "text":
        return readText(valueOf, columns);
      case "pair":
        return readPair(valueOf, columns);
      case "ranking":
        return readRanking(valueOf, columns);
      case "unclear": {
        const [column = null, ...others] = shape.missing;
        const reason = `The row has no ${shape.missing.join(" or ")}.`;
        return flawed("missing_value", reason, others.length === 0 ? column : null);
      }
    }
  }
}

/** A text, or of JSON a list of one or of two, which are a pair. */
function readText(valueOf: ValueOf, columns: ColumnNames): RowResult<RowContent> {
  const column = textNamesOf(columns).find((name) => valueOf(name) !== undefined)!;
  const value = valueOf(column);
  if (!Array.isArray(value)) {
    const text = textOf(value, column);
    return text.ok ? { ok: true, value: { work: { kind: "text", text: text.value } } } : text;
  }
  if (value.length === 0) return flawOf({ kind: "empty_list", param: column }, column);
  if (value.length > 2) {
    const problem = `must have one text or two, not ${value.length}`;
    return flawOf({ kind: "invalid_value", problem }, column);
  }
  const texts: string[] = [];
  for (const [index, element] of value.entries()) {
    const text = textOf(element, column, `${column}[${index}]`);
    if (!text.ok) return text;
    texts.push(text.value);
  }
  const [query, document] = texts as [string, string?];
  const work: RowWork =
    document === undefined ? { kind: "text", text: query } : { kind: "pair", query, document };
  return { ok: true, value: { work } };
}

function readPair(valueOf: ValueOf, columns: ColumnNames): RowResult<RowContent> {
  const query = textOf(valueOf(columns.query), columns.query);
  if (!query.ok) return query;
  const document = textOf(valueOf(columns.document), columns.document);
  if (!document.ok) return document;
  const id = idOf(valueOf(columns.documentId), columns.documentId);
  if (!id.ok) return id;
  return {
    ok: true,
    value: {
      work: { kind: "pair", query: query.value, document: document.value },
      ...(id.value && { documentIds: [id.value] }),
    },
  };
}

/** Of documents of which some have an id, the others' is their index. */
function readRanking(valueOf: ValueOf, columns: ColumnNames): RowResult<RowContent> {
  const column = columns.documents;
  const query = textOf(valueOf(columns.query), columns.query, columns.query, queryText);
  if (!query.ok) return query;
  const value = valueOf(column);
  if (value === null) return missing(column);
  const list: RowResult<unknown> =
    typeof value === "string" ? jsonValue(value, column) : { ok: true, value };
  if (!list.ok) return list;
  if (Array.isArray(list.value) && list.value.length === 0) {
    return flawOf({ kind: "empty_list", param: column }, column);
  }
  const documents = readDocuments(list.value, column, ["text"]);
  if (!documents.ok) return flawOf(documents.failure, column);
  const ids: (string | undefined)[] = [];
  for (const [index, document] of documents.value.entries()) {
    const id = idOf(document.id, column, `${column}[${index}].id`);
    if (!id.ok) return id;
    ids.push(id.value);
  }
  return {
    ok: true,
    value: {
      work: {
        kind: "ranking",
        query: query.value,
        documents: documents.value.map(({ text }) => text),
      },
      ...(ids.some((id) => id !== undefined) && {
        documentIds: ids.map((id, index) => id ?? String(index)),
      }),
    },
  };
}

function textOf(
  value: unknown,
  column: string,
  place = column,
  schema: typeof documentText = documentText,
): RowResult<string> {
  if (value === null) return missing(column, place);
  const text = validate(schema, value);
  return text.ok ? text : flawOf({ ...text.failure, param: place } as Failure, column);
}

/** A string or a number; undefined of null, and of the empty field that a CSV has where there is none. */
function idOf(value: unknown, column: string, place = column): RowResult<string | undefined> {
  if (value === undefined || value === null || value === "") return { ok: true, value: undefined };
  if (typeof value === "string") return { ok: true, value };
  // A larger one has been rounded when it was parsed, to what may be another's id.
  if (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
    return { ok: true, value: String(value) };
  }
  const problem = `must be a string or a number up to ${Number.MAX_SAFE_INTEGER}`;
  return flawOf({ kind: "invalid_value", param: place, problem }, column);
}

function missing(column: string, place = column): { ok: false; flaw: RowFlaw } {
  return flawed("missing_value", `The row has no ${place}.`, column);
}

function pairsOf(work: RowWork): TextPair[] {
  switch (work.kind) {
    case "text":
      return [{ query: work.text, document: null }];
    case "pair":
      return [work];
    case "ranking":
      return work.documents.map((document) => ({ query: work.query, document }));
  }
}
