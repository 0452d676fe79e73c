/** The body of `POST /v2/rerank` as far as the client of this package sends it: documents are strings. Pure. */
import type { RerankManyRequestBody, RerankRequestBody } from "../wire.ts";
import { DEFAULT_FIT, type FitOptions } from "../../engine/fit-pair.ts";
import { invalidValue, requestError } from "./request-error.ts";

export interface RerankTask {
  /** At least one. */
  queries: readonly string[];
  /** Whether they came as a list, and are answered with one. */
  isList: boolean;
  /** At least one. */
  documents: readonly string[];
  model: string | undefined;
  topN: number;
  minScore: number;
  rawScores: boolean;
  details: boolean;
  fit: FitOptions;
}

/** Anything but white space, control characters and the like, all of which the tokenizer drops. */
const VISIBLE = /[^\s\p{C}\uFFFD]/u;

/** @throws InvalidRequestError naming the field */
export function parseRerankBody(
  body: Partial<RerankRequestBody & RerankManyRequestBody>,
): RerankTask {
  const isList = body.queries != null;
  if (isList && body.query != null) throw invalidValue("queries", "must not stand beside query");
  const queries = isList ? listOf("queries", body.queries) : [body.query];
  queries.forEach((query, index) => checkQuery(isList ? `queries[${index}]` : "query", query));
  const documents = listOf("documents", body.documents);
  for (const [index, document] of documents.entries())
    if (typeof document !== "string")
      throw invalidValue(`documents[${index}]`, "must be a string in local mode");
  const { long_documents: longDocuments } = body;
  if (longDocuments != null && longDocuments !== "truncate" && longDocuments !== "max_window")
    throw invalidValue("long_documents", 'must be "truncate" or "max_window"');
  if (body.model != null && typeof body.model !== "string")
    throw invalidValue("model", "must be a string");
  return {
    queries: queries as string[],
    isList,
    documents: documents as string[],
    model: body.model ?? undefined,
    topN: wholeNumber("top_n", body.top_n) ?? documents.length,
    minScore: unitNumber("min_score", body.min_score) ?? 0,
    rawScores: boolean("raw_scores", body.raw_scores) ?? false,
    details: boolean("details", body.details) ?? false,
    fit: {
      ...DEFAULT_FIT,
      maxDocumentTokens: wholeNumber("max_tokens_per_doc", body.max_tokens_per_doc) ?? Infinity,
      maxWindows: wholeNumber("max_chunks_per_doc", body.max_chunks_per_doc) ?? Infinity,
      ...(longDocuments && { longDocuments }),
    },
  };
}

/** The model that a request means must be the loaded one. @throws InvalidRequestError if it is another */
export function checkModelName(requested: string | undefined, name: string): void {
  const names = [
    undefined,
    "",
    "default",
    "default/not-specified",
    name,
    name.replace(/^.*\//, ""),
  ];
  if (names.includes(requested)) return;
  throw requestError(
    404,
    "unknown_model",
    `The model ${JSON.stringify(requested!.slice(0, 100))} is not the loaded one; local mode has ${JSON.stringify(name)}. Leave model out, or load that one.`,
    "model",
  );
}

function listOf(param: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw invalidValue(param, "must be a list");
  if (value.length === 0) throw invalidValue(param, "must not be empty");
  return value;
}

function checkQuery(param: string, value: unknown): void {
  if (typeof value !== "string") throw invalidValue(param, "must be a string");
  if (!VISIBLE.test(value)) throw invalidValue(param, "must have some text");
}

function wholeNumber(param: string, value: unknown): number | undefined {
  if (value == null) return undefined;
  if (!Number.isSafeInteger(value)) throw invalidValue(param, "must be a whole number");
  if ((value as number) < 1) throw invalidValue(param, "must be at least 1");
  return value as number;
}

function unitNumber(param: string, value: unknown): number | undefined {
  if (value == null) return undefined;
  if (typeof value !== "number" || !(value >= 0 && value <= 1))
    throw invalidValue(param, "must be a number from 0 to 1");
  return value;
}

function boolean(param: string, value: unknown): boolean | undefined {
  if (value == null) return undefined;
  if (typeof value !== "boolean") throw invalidValue(param, "must be true or false");
  return value;
}
