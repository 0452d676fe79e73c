/** The forms in which Azure ML's requests carry rows: columns by name, a split frame, or a list of texts and pairs. */
import * as z from "zod";
import type { TextPair } from "../compute-logits.ts";
import { documentList, documentText, isNotEmpty, within } from "./validate.ts";

const COLUMN_COUNT = { error: "must have at least one column" };

/** Columns by name, whatever the names: `{"input_string": [...]}` or `{"query": [...], "document": [...]}`. */
export const columnsSchema = z
  .preprocess(
    withoutParameters,
    z.record(z.string(), z.unknown(), {
      error: "must be a list of texts or pairs, or an object of columns",
    }),
  )
  .refine((columns) => Object.keys(columns).length > 0, COLUMN_COUNT)
  .pipe(z.record(z.string(), z.preprocess(asList, documentList(documentText))))
  .transform((columns) => Object.values(columns))
  .refine(([first, ...others]) => others.every(({ length }) => length === first!.length), {
    error: "must have columns of equal length",
  })
  .transform((columns) => columns[0]!.map((_, row) => rowOf(columns.map((texts) => texts[row]!))))
  .superRefine(within("maxDocumentChars", longestChars));

/** pandas' split orientation, where `index` is not read. */
export const splitFrameSchema = z
  .object({
    columns: z
      .array(z.unknown(), { error: "must be a list" })
      .refine(isNotEmpty, COLUMN_COUNT)
      .meta({ minItems: 1 }),
    data: documentList(z.array(z.unknown(), { error: "must be a list" })),
  })
  .refine(({ columns, data }) => data.every((row) => row.length === columns.length), {
    path: ["data"],
    error: "must have rows with one text for each column",
  })
  .transform(({ data }) => ({ data }))
  .pipe(z.object({ data: z.array(z.array(documentText)) }))
  .transform(({ data }) => data.map(rowOf))
  .superRefine(within("maxDocumentChars", longestChars));

const rowSchema = z.union(
  [documentText, z.object({ text: documentText, text_pair: documentText.nullish() })],
  {
    error: "must be a string, or an object with the strings text and text_pair",
  },
);

export const rowsSchema = z
  .preprocess(asList, documentList(rowSchema))
  .transform((rows) =>
    rows.map((row) =>
      typeof row === "string" ? rowOf([row]) : { query: row.text, document: row.text_pair ?? null },
    ),
  );

/** Two columns are a pair; of any other number there is one text, joined as Azure ML's wrapper joins them. */
function rowOf(columns: readonly string[]): TextPair {
  const [query, document] = columns;
  return columns.length === 2
    ? { query: query!, document: document! }
    : unmarked(columns.join(". "));
}

/**
 * `[CLS] a [SEP] b [SEP]`, in which Microsoft's entailment sample writes a pair, is the pair of a and b; any other text is itself.
 */
function unmarked(text: string): TextPair {
  const trimmed = text.trim();
  const parts = trimmed.split("[SEP]");
  const isMarked = parts.length === 3 && parts[0]!.startsWith("[CLS]") && parts[2] === "";
  return isMarked
    ? { query: parts[0]!.slice("[CLS]".length).trim(), document: parts[1]!.trim() }
    : { query: text, document: null };
}

/** Joined texts may be longer than each of them. */
function longestChars(pairs: readonly TextPair[]): number {
  return pairs.reduce((longest, { query }) => Math.max(longest, query.length), 0);
}

/** A text alone stands for a list of one. */
function asList(value: unknown): unknown {
  return typeof value === "string" ? [value] : value;
}

/** Generation B may carry its parameters among the columns. */
function withoutParameters(value: unknown): unknown {
  if (!isObject(value) || !isObject(value["parameters"])) return value;
  const { parameters: _, ...columns } = value;
  return columns;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
