/** The requests of an Azure ML online endpoint that scores texts, in its three generations, and the answers that belong to them. */
import { invalidResponse } from "./errors.ts";
import { readJson } from "./read-json.ts";
import type { AzureMlEntityGroup, AzureMlLabelRow, AzureMlRow, AzureMlScore } from "./wire.ts";

/** Columns by name, of equal length: one is of texts, two are of pairs, whatever their names. */
export type AzureMlColumns = Readonly<Record<string, string | readonly string[]>>;

/** pandas' split orientation. */
export interface AzureMlSplitFrame {
  columns: readonly string[];
  /** Ignored. */
  index?: readonly unknown[];
  /** Rows, with one text a column. */
  data: readonly (readonly string[])[];
}

/** Scores beside the labels: ours, Azure's own scripts answer labels alone. Others are accepted and have no effect on the service. */
export interface AzureMlLabelParameters {
  return_scores?: boolean;
  [name: string]: unknown;
}

/** `hftransformers(v2)`, the older scorer. */
export interface AzureMlRequestA {
  inputs: AzureMlColumns;
  parameters?: AzureMlLabelParameters;
}

/** `hftransformersv2`, MLflow's scorer; parameters may stand inside `input_data`, too. */
export interface AzureMlRequestB {
  input_data:
    | AzureMlSplitFrame
    | (AzureMlColumns & { parameters?: never })
    | { input_string: string | readonly string[]; parameters: AzureMlLabelParameters };
  params?: AzureMlLabelParameters;
}

/** MLflow's `transformers` flavour, the current one. */
export interface AzureMlRequestC {
  /** Texts and pairs; a text alone stands for a list of one. */
  input_data: string | readonly (string | { text: string; text_pair?: string | null })[];
  params?: AzureMlPipelineParameters;
}

/** Parameters of the Hugging Face pipelines. */
export interface AzureMlPipelineParameters {
  function_to_apply?: "default" | "sigmoid" | "softmax" | "none" | null;
  /** Labels a row, best first, in a list; null: all. Default: the best, not in a list. */
  top_k?: number | null;
  return_all_scores?: boolean | null;
  /** Of a token classifier: how tokens are joined to entities. */
  aggregation_strategy?: "none" | "simple" | "first" | "average" | "max" | null;
  ignore_labels?: readonly string[] | null;
  [name: string]: unknown;
}

/** Any of the three generations. */
export type AzureMlRequest = AzureMlRequestA | AzureMlRequestB | AzureMlRequestC;

/** The rows that belong to a request, one a row of it, in its order. A token classifier answers generation C with `AzureMlEntity[]` rows. */
export type AzureMlRows<Request> = Request extends { input_data: string | readonly unknown[] }
  ? AzureMlPipelineRow<Request extends { params: infer Params } ? Params : unknown>[]
  : AzureMlLabelRow[];

type AzureMlPipelineRow<Params> = Params extends { aggregation_strategy: string }
  ? AzureMlEntityGroup[]
  : Params extends { top_k: number | null } | { return_all_scores: true }
    ? AzureMlScore[]
    : AzureMlScore;

/**
 * Whether a row is of the form that generations A and B are answered with. An Azure endpoint answers in the form of its model's flavour,
 * whatever generation was sent.
 *
 * @example
 * ```ts
 * const rows: AzureMlRow[] = await client.score({ input_data: { input_string: texts } });
 * const labels = rows.map((row) => (isAzureMlLabelRow(row) ? row["0"] : Array.isArray(row) ? undefined : row.label));
 * ```
 */
export function isAzureMlLabelRow(row: AzureMlRow): row is AzureMlLabelRow {
  return "0" in row && !Array.isArray(row);
}

/** The rows of an answer. @throws ServerError if it is no list of them */
export async function azureMlRows(response: Response): Promise<unknown> {
  const rows = await readJson(response);
  const isRow = (row: unknown): boolean => typeof row === "object" && row !== null;
  if (Array.isArray(rows) && rows.every(isRow)) return rows;
  throw invalidResponse(
    "The answer is no list of rows with labels: is baseURL an endpoint whose model classifies texts or pairs?",
    response,
  );
}
