/**
 * Scoring by an Azure ML online endpoint: rows of texts or pairs in, one answer a row out, in the request's order.
 *
 * Three generations of request are in use. A has its columns in `inputs`, B in `input_data`, and both are answered with the label
 * alone, `[{"0": "LABEL_0"}]`, as Azure does; C has rows in `input_data` and is answered with `[{"label": "LABEL_0", "score": 0.98}]`.
 * Parameters are accepted and have no effect: window and truncation are the model's.
 */
import * as z from "zod";
import type { AzureMlErrorBody, AzureMlLabelRow, AzureMlScoreRow } from "../../sdk/index.ts";
import { bestLabel } from "../scores.ts";
import { ok, type PublicError, type Result } from "../errors.ts";
import type { ScoredPairs, TextPair } from "../score-pairs.ts";
import { documentList, documentText, validate } from "./validate.ts";

export interface AzureMlRequest {
  /** One a row; a row of one text has no document. */
  pairs: TextPair[];
  /** Whether a row is answered with label and score (C) or with the label alone (A and B). */
  withScores: boolean;
}

const BODY = { error: "must be a JSON object" };
const INPUT_DATA = { error: "must be a list of texts or pairs, or an object of columns" };
const COLUMN_COUNT = { error: "must have one column of texts, or two of pairs" };

/** A text alone stands for a list of one. */
const asList = (value: unknown): unknown => (typeof value === "string" ? [value] : value);

/** Generation B may carry its parameters among the columns. */
const withoutParameters = (value: unknown): unknown => {
  if (!isObject(value) || !isObject(value["parameters"])) return value;
  const { parameters: _, ...columns } = value;
  return columns;
};

/** Columns by name, whatever the names: `{"input_string": [...]}` or `{"query": [...], "document": [...]}`. */
const columnsSchema = z
  .preprocess(withoutParameters, z.record(z.string(), z.unknown(), INPUT_DATA))
  .refine((columns) => [1, 2].includes(Object.keys(columns).length), COLUMN_COUNT)
  .pipe(z.record(z.string(), z.preprocess(asList, documentList(documentText))))
  .transform((columns) => Object.values(columns) as [string[], string[]?])
  .refine(([first, second]) => !second || second.length === first.length, {
    error: "must have columns of equal length",
  })
  .transform(([first, second]) => first.map((query, row) => pairOf(query, second?.[row])));

/** pandas' split orientation, where `index` is not read. */
const splitFrameSchema = z
  .object({
    columns: z
      .array(z.unknown(), { error: "must be a list" })
      .min(1, COLUMN_COUNT)
      .max(2, COLUMN_COUNT),
    data: documentList(
      z
        .array(z.unknown(), { error: "must be a list" })
        .max(2, COLUMN_COUNT)
        .pipe(z.array(documentText)),
    ),
  })
  .refine(({ columns, data }) => data.every((row) => row.length === columns.length), {
    path: ["data"],
    error: "must have rows with one text for each column",
  })
  .transform(({ data }) => data.map(([query, document]) => pairOf(query!, document)));

const rowSchema = z.union(
  [documentText, z.object({ text: documentText, text_pair: documentText.nullish() })],
  {
    error: "must be a string, or an object with the strings text and text_pair",
  },
);

const rowsSchema = z
  .preprocess(asList, documentList(rowSchema))
  .transform((rows) =>
    rows.map((row) => (typeof row === "string" ? pairOf(row) : pairOf(row.text, row.text_pair))),
  );

/** Of the three, only generation A's script refuses fields it does not know. */
const generationA = z
  .strictObject(
    { inputs: columnsSchema, parameters: z.unknown().optional() },
    { error: "must have no fields but inputs and parameters" },
  )
  .transform(({ inputs }) => inputs);
const generationB = z
  .object({ input_data: columnsSchema }, BODY)
  .transform(({ input_data }) => input_data);
const generationBSplit = z
  .object({ input_data: splitFrameSchema }, BODY)
  .transform(({ input_data }) => input_data);
const generationC = z
  .object({ input_data: rowsSchema }, BODY)
  .transform(({ input_data }) => input_data);

export function parseAzureMl(body: unknown): Result<AzureMlRequest> {
  const data = isObject(body) ? body["input_data"] : undefined;
  const withScores = Array.isArray(data) || typeof data === "string";
  const schema =
    isObject(body) && Object.hasOwn(body, "inputs")
      ? generationA
      : withScores
        ? generationC
        : isObject(data) && Object.hasOwn(data, "columns") && Object.hasOwn(data, "data")
          ? generationBSplit
          : generationB;
  const pairs = validate(schema, body);
  return pairs.ok ? ok({ pairs: pairs.value, withScores: schema === generationC }) : pairs;
}

/** The answer's body: one row a pair. */
export function formatAzureMl(
  { withScores }: AzureMlRequest,
  { logits, labels }: ScoredPairs,
): AzureMlLabelRow[] | AzureMlScoreRow[] {
  const best = Array.from({ length: logits.length / labels.length }, (_, row) =>
    bestLabel(logits.subarray(row * labels.length, (row + 1) * labels.length)),
  );
  return withScores
    ? best.map(({ column, score }) => ({ label: labels[column]!, score }))
    : best.map(({ column }) => ({ "0": labels[column]! }));
}

/** The inference server's body. */
export function azureMlErrorBody({ message }: PublicError): AzureMlErrorBody {
  return { message };
}

function pairOf(query: string, document?: string | null): TextPair {
  return { query, document: document ?? null };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
