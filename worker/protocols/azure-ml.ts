/**
 * Requests of an Azure ML online endpoint: rows of texts or pairs in, one answer a row out, in the request's order.
 *
 * Three generations of request are in use. A has its columns in `inputs`, B in `input_data`, and both are answered with labels
 * alone, `[{"0": "LABEL_0"}]`, as Azure does, unless the request asks with our `return_scores` for scores beside them; their other
 * parameters are accepted and have no effect. C has rows in `input_data` and is answered by what the Hugging Face pipeline gives,
 * `[{"label": "LABEL_0", "score": 0.98}]`, with the pipeline's parameters in `params`; those for the tokenizer have no effect:
 * window and truncation are the model's. The rows of the answers are in `azure-ml-rows.ts`.
 */
import * as z from "zod";
import type { TextPair } from "../compute-logits.ts";
import { fail, ok, type Result } from "../errors.ts";
import { readAzureMlAnswer } from "./azure-ml-answer.ts";
import { columnsSchema, isObject, rowsSchema, splitFrameSchema } from "./azure-ml-input.ts";
import {
  paramsSchema,
  returnScoresSchema,
  type PipelineParameters,
} from "./azure-ml-parameters.ts";
import { expressing } from "./expressing.ts";
import type { UpstreamCall, UpstreamProtocol } from "./upstream-protocol.ts";
import { validate } from "./validate.ts";

export interface AzureMlRequest {
  /** One a row; a row of one text has no document. */
  pairs: TextPair[];
  /** Where the pairs stand in the body. */
  field: "inputs" | "input_data";
  /** Null asks for labels (A and B), else for what the pipeline gives with these (C). */
  pipeline: PipelineParameters | null;
  /** Scores beside the labels of A and B. */
  returnScores: boolean;
}

/** Of the three, only generation A's script refuses fields it does not know. */
const generationA = z
  .strictObject(
    { inputs: columnsSchema, parameters: z.unknown().optional() },
    { error: "must have no fields but inputs and parameters" },
  )
  .transform(({ inputs }) => inputs);
const generationB = z
  .object({ input_data: columnsSchema })
  .transform(({ input_data }) => input_data);
const generationBSplit = z
  .object({ input_data: splitFrameSchema })
  .transform(({ input_data }) => input_data);
const generationC = z.object({ input_data: rowsSchema, params: paramsSchema });

export function parseAzureMl(body: unknown): Result<AzureMlRequest> {
  if (!isObject(body)) return fail({ kind: "not_an_object" });
  if (Object.hasOwn(body, "inputs")) return parseLabels(body, "inputs", generationA);
  if (!Object.hasOwn(body, "input_data"))
    return fail({ kind: "missing_value", param: "input_data" });
  const data = body["input_data"];
  if (Array.isArray(data) || typeof data === "string") return parseRows(body);
  const isSplit = isObject(data) && Object.hasOwn(data, "columns") && Object.hasOwn(data, "data");
  return parseLabels(body, "input_data", isSplit ? generationBSplit : generationB);
}

function parseLabels(
  body: unknown,
  field: AzureMlRequest["field"],
  schema: z.ZodType<TextPair[]>,
): Result<AzureMlRequest> {
  const pairs = validate(schema, body);
  if (!pairs.ok) return pairs;
  const returnScores = validate(returnScoresSchema, body);
  if (!returnScores.ok) return returnScores;
  return ok({ pairs: pairs.value, field, pipeline: null, returnScores: returnScores.value });
}

function parseRows(body: unknown): Result<AzureMlRequest> {
  const parsed = validate(generationC, body);
  if (!parsed.ok) return parsed;
  const { input_data, params } = parsed.value;
  return ok({ pairs: input_data, field: "input_data", pipeline: params, returnScores: false });
}

/**
 * Calls of each generation. The address is whole, and so is what becomes of texts that do not fit: the deployed model's matter.
 *
 * A and B ask with our `return_scores` for scores beside the labels, which `backend/azure-ml/score.py` and this service give, and
 * Azure's own wrapper does not: its labels alone are refused when they are read.
 */
export const azureMlUpstreams: Readonly<Record<"a" | "b" | "c", UpstreamProtocol>> = {
  a: upstream(({ pairs }) => ({
    inputs: columnsOf(pairs),
    parameters: { return_scores: true },
  })),
  b: upstream(({ pairs }) => ({
    input_data: { ...columnsOf(pairs), parameters: { return_scores: true } },
  })),
  c: upstream(({ pairs }) => ({
    input_data: pairs.map(({ query, document }) =>
      document === null ? query : { text: query, text_pair: document },
    ),
  })),
};

function upstream(body: (call: UpstreamCall) => object): UpstreamProtocol {
  return {
    name: "azure-ml",
    path: "",
    carries: "any-pairs",
    expresses: expressing(),
    body,
    read: readAzureMlAnswer,
  };
}

/** One column of texts, or two of pairs: a call never mixes them, since columns cannot say that a row lacks its second text. */
function columnsOf(pairs: readonly TextPair[]): Record<string, string[]> {
  const queries = pairs.map(({ query }) => query);
  return pairs.every(({ document }) => document === null)
    ? { input_string: queries }
    : { query: queries, document: pairs.map(({ document }) => document ?? "") };
}
