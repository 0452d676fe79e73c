/** The bodies of `POST /score` in Azure ML's three generations, as the service reads them. Pure. */
import type { AzureMlPipelineParameters } from "../azure-ml.ts";
import { SCORE_FUNCTIONS, type ScoreFunction } from "../../engine/scores.ts";
import type { TextPair } from "./read-pairs.ts";
import { invalidValue, requestError } from "./request-error.ts";

export interface ScoreTask {
  /** One a row. */
  pairs: TextPair[];
  /** Null asks for labels (generations A and B), else for what the Hugging Face pipeline gives with these (C). */
  pipeline: PipelineParameters | null;
  /** Scores beside the labels of A and B. */
  returnScores: boolean;
}

export interface PipelineParameters {
  /** Default: the one that suits the model. */
  scoreFunction: ScoreFunction | undefined;
  /** Labels a row, best first, in a list; null: all. Undefined: the best, not in a list. */
  topK: number | null | undefined;
  returnAllScores: boolean;
}

/** @throws InvalidRequestError naming the field */
export function parseScoreBody(body: unknown): ScoreTask {
  if (!isObject(body))
    throw requestError(400, "not_an_object", "POST body should be a JSON dictionary.");
  if (Object.hasOwn(body, "inputs")) {
    if (Object.keys(body).some((key) => key !== "inputs" && key !== "parameters"))
      throw requestError(
        400,
        "invalid_value",
        "The body must have no fields but inputs and parameters.",
      );
    return labelTask(body, columnPairs("inputs", body["inputs"]));
  }
  const data = body["input_data"];
  if (data === undefined)
    throw requestError(
      400,
      "missing_value",
      "A value is not provided for the 'input_data' parameter.",
      "input_data",
    );
  if (Array.isArray(data) || typeof data === "string")
    return {
      pairs: listOf("input_data", asList(data)).map(rowPair),
      pipeline: pipelineParameters(body["params"]),
      returnScores: false,
    };
  const isSplit = isObject(data) && Object.hasOwn(data, "columns") && Object.hasOwn(data, "data");
  return labelTask(body, isSplit ? framePairs(data) : columnPairs("input_data", data));
}

function labelTask(body: Record<string, unknown>, pairs: TextPair[]): ScoreTask {
  const data = body["input_data"];
  const places = [body["parameters"], body["params"], isObject(data) && data["parameters"]];
  const returnScores = places.some((place) => isObject(place) && place["return_scores"] === true);
  return { pairs, pipeline: null, returnScores };
}

/** Columns by name, whatever the names; generation B may have its parameters among them. */
function columnPairs(param: string, value: unknown): TextPair[] {
  if (!isObject(value))
    throw invalidValue(param, "must be a list of texts or pairs, or an object of columns");
  const columns = Object.entries(value)
    .filter(([name, column]) => name !== "parameters" || !isObject(column))
    .map(([name, column]) => {
      const place = `${param}.${name}`;
      return listOf(place, asList(column)).map((text, row) => textAt(`${place}[${row}]`, text));
    });
  const [first] = columns;
  if (!first) throw invalidValue(param, "must have at least one column");
  if (columns.some(({ length }) => length !== first.length))
    throw invalidValue(param, "must have columns of equal length");
  return first.map((_, row) => joinedPair(columns.map((column) => column[row]!)));
}

/** pandas' split orientation. */
function framePairs({ columns, data }: Record<string, unknown>): TextPair[] {
  const width = listOf("input_data.columns", columns).length;
  return listOf("input_data.data", data).map((row, index) => {
    const place = `input_data.data[${index}]`;
    if (!Array.isArray(row) || row.length !== width)
      throw invalidValue("input_data.data", "must have rows with one text for each column");
    return joinedPair(row.map((text, column) => textAt(`${place}[${column}]`, text)));
  });
}

function rowPair(row: unknown, index: number): TextPair {
  if (typeof row === "string") return joinedPair([row]);
  const { text, text_pair: pair = null } = isObject(row) ? row : {};
  if (typeof text !== "string" || (pair !== null && typeof pair !== "string"))
    throw invalidValue(
      `input_data[${index}]`,
      "must be a string, or an object with the strings text and text_pair",
    );
  return { query: text, document: pair };
}

/** Two columns are a pair; of any other number there is one text, joined as Azure ML's wrapper joins them. */
function joinedPair(columns: readonly string[]): TextPair {
  const [query, document] = columns;
  if (columns.length === 2) return { query: query!, document: document! };
  const text = columns.join(". ");
  // `[CLS] a [SEP] b [SEP]`, in which Microsoft's entailment sample writes a pair.
  const parts = text.trim().split("[SEP]");
  const isMarked = parts.length === 3 && parts[0]!.startsWith("[CLS]") && parts[2] === "";
  return isMarked
    ? { query: parts[0]!.slice("[CLS]".length).trim(), document: parts[1]!.trim() }
    : { query: text, document: null };
}

function pipelineParameters(value: unknown): PipelineParameters {
  if (value != null && !isObject(value)) throw invalidValue("params", "must be an object");
  const {
    function_to_apply: wanted,
    top_k: topK,
    return_all_scores: returnAllScores,
  } = (value ?? {}) as AzureMlPipelineParameters;
  const word: unknown = typeof wanted === "string" ? wanted.toLowerCase() : wanted;
  const scoreFunction = SCORE_FUNCTIONS.find((each) => each === word);
  if (word != null && word !== "default" && scoreFunction === undefined)
    throw invalidValue(
      "params.function_to_apply",
      `must be one of default, ${SCORE_FUNCTIONS.join(", ")}`,
    );
  if (topK != null && !(Number.isSafeInteger(topK) && topK >= 1))
    throw invalidValue("params.top_k", "must be a whole number of at least 1, or null for all");
  return { scoreFunction, topK, returnAllScores: returnAllScores === true };
}

function textAt(param: string, value: unknown): string {
  if (typeof value !== "string") throw invalidValue(param, "must be a string");
  return value;
}

function listOf(param: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw invalidValue(param, "must be a list");
  if (value.length === 0) throw invalidValue(param, "must not be empty");
  return value;
}

/** A text alone stands for a list of one. */
function asList(value: unknown): unknown {
  return typeof value === "string" ? [value] : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
