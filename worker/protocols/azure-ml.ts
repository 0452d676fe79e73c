/**
 * Requests of an Azure ML online endpoint: rows of texts or pairs in, one answer a row out, in the request's order.
 *
 * Three generations of request are in use. A has its columns in `inputs`, B in `input_data`, and both are answered with labels
 * alone, `[{"0": "LABEL_0"}]`, as Azure does: their parameters are accepted and have no effect. C has rows in `input_data` and is
 * answered by what the Hugging Face pipeline gives, `[{"label": "LABEL_0", "score": 0.98}]`, with the pipeline's parameters in
 * `params`; those for the tokenizer have no effect: window and truncation are the model's. The rows of the answers are in
 * `azure-ml-rows.ts`.
 */
import * as z from "zod";
import type { AzureMlErrorBody } from "../../sdk/index.ts";
import type { TextPair } from "../compute-logits.ts";
import { AGGREGATION_STRATEGIES, type EntityOptions } from "../entities.ts";
import type { PublicError, Result } from "../errors.ts";
import { SCORE_FUNCTIONS, type ScoreFunction } from "../scores.ts";
import { documentList, documentText, validate } from "./validate.ts";

export interface AzureMlRequest {
  /** One a row; a row of one text has no document. */
  pairs: TextPair[];
  /** Where the pairs stand in the body. */
  field: "inputs" | "input_data";
  /** Null asks for labels alone (A and B), else for what the pipeline gives with these (C). */
  pipeline: PipelineParameters | null;
}

/** What the pipelines for text and for token classification read, each its own. */
export interface PipelineParameters extends EntityOptions {
  /** Default: the one that suits the model. */
  scoreFunction: ScoreFunction | undefined;
  /** How many labels a row is answered with, best first: a list. Null: all. Undefined: the best, not in a list. */
  topK: number | null | undefined;
  /** The old way to ask for all labels: a list in the order of the model's labels, unless {@link topK} is given, too. */
  returnAllScores: boolean;
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

/** One of a few words, in any case, as the pipelines have it. */
const word = <T extends string>(words: readonly T[]) =>
  z.preprocess(
    (value) => (typeof value === "string" ? value.toLowerCase() : value),
    z.enum(words as [T, ...T[]], { error: `must be one of ${words.join(", ")}` }),
  );

const paramsSchema = z
  .object(
    {
      function_to_apply: word(["default", ...SCORE_FUNCTIONS]).nullish(),
      top_k: z
        .int({ error: "must be a whole number, or null for all" })
        .min(1, { error: "must be at least 1, or null for all" })
        .nullish(),
      return_all_scores: z.boolean({ error: "must be true or false" }).nullish(),
      aggregation_strategy: word(AGGREGATION_STRATEGIES).nullish(),
      ignore_labels: z
        .array(z.string({ error: "must be a string" }), { error: "must be a list of labels" })
        .nullish(),
    },
    { error: "must be an object" },
  )
  .nullish()
  .transform((params): PipelineParameters => ({
    scoreFunction:
      params?.function_to_apply === "default"
        ? undefined
        : (params?.function_to_apply ?? undefined),
    // Here null is not the same as absent.
    topK: params?.top_k,
    returnAllScores: params?.return_all_scores ?? false,
    aggregationStrategy: params?.aggregation_strategy ?? "none",
    ignoreLabels: params?.ignore_labels ?? ["O"],
  }));

/** Of the three, only generation A's script refuses fields it does not know. */
const generationA = z
  .strictObject(
    { inputs: columnsSchema, parameters: z.unknown().optional() },
    { error: "must have no fields but inputs and parameters" },
  )
  .transform(({ inputs }): AzureMlRequest => ({ pairs: inputs, field: "inputs", pipeline: null }));

const labelsOnly = ({ input_data }: { input_data: TextPair[] }): AzureMlRequest => ({
  pairs: input_data,
  field: "input_data",
  pipeline: null,
});
const generationB = z.object({ input_data: columnsSchema }, BODY).transform(labelsOnly);
const generationBSplit = z.object({ input_data: splitFrameSchema }, BODY).transform(labelsOnly);

const generationC = z
  .object({ input_data: rowsSchema, params: paramsSchema }, BODY)
  .transform(({ input_data, params }): AzureMlRequest => ({
    pairs: input_data,
    field: "input_data",
    pipeline: params,
  }));

export function parseAzureMl(body: unknown): Result<AzureMlRequest> {
  if (isObject(body) && Object.hasOwn(body, "inputs")) return validate(generationA, body);
  const data = isObject(body) ? body["input_data"] : undefined;
  if (Array.isArray(data) || typeof data === "string") return validate(generationC, body);
  const isSplit = isObject(data) && Object.hasOwn(data, "columns") && Object.hasOwn(data, "data");
  return validate(isSplit ? generationBSplit : generationB, body);
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
