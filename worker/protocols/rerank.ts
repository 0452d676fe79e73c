/**
 * The rerank protocol of Cohere, Jina and most that came after: `query`, `documents`, `top_n`.
 *
 * Where they differ: `document` is there only when asked for, and then as `{text}`; a `top_n` over the number of documents means
 * all; `usage` is Jina's and `meta` Cohere's; unknown fields are ignored; null is the same as absent.
 * @see https://docs.cohere.com/reference/rerank
 */
import * as z from "zod";
import type { RerankErrorBody, RerankResponseBody } from "../../sdk/index.ts";
import type { Cut } from "../compute-logits.ts";
import { ok, type PublicError, type Result } from "../errors.ts";
import type { Ranking, RerankRequest } from "../rerank.ts";
import { documentList, documentText, validate, within } from "./validate.ts";

/** Anything but white space, control characters and the like, all of which the tokenizer drops. */
const VISIBLE = /[^\s\p{C}\uFFFD]/u;

const optionalBoolean = z.boolean({ error: "must be true or false" }).nullish();

const documentSchema = z.union([documentText, z.object({ text: documentText })], {
  error: "must be a string or an object with a string in the field text",
});

export const rerankRequestSchema = z.object(
  {
    model: z.string({ error: "must be a string" }).nullish(),
    query: z
      .string({ error: "must be a string" })
      .regex(VISIBLE, { error: "must have some text" })
      .superRefine(within("maxQueryChars", (query) => query.length)),
    documents: documentList(documentSchema),
    top_n: z
      .int({ error: "must be a whole number" })
      .min(1, { error: "must be at least 1" })
      .nullish(),
    return_documents: optionalBoolean,
    raw_scores: optionalBoolean,
  },
  { error: "must be a JSON object" },
);

/** A parsed body: what to compute, and what the answer must hold. */
export interface ParsedRerank {
  model: string | undefined;
  request: RerankRequest;
  returnDocuments: boolean;
}

export function parseRerank(body: unknown): Result<ParsedRerank> {
  const parsed = validate(rerankRequestSchema, body);
  if (!parsed.ok) return parsed;
  const { model, query, top_n, return_documents, raw_scores } = parsed.value;
  const documents = parsed.value.documents.map(textOf);
  return ok({
    model: model ?? undefined,
    request: { query, documents, topN: top_n ?? documents.length, rawScores: raw_scores ?? false },
    returnDocuments: return_documents ?? false,
  });
}

/** @param id - The request's id. @param model - Name of the model that ranked. */
export function formatRerank(
  { request, returnDocuments }: ParsedRerank,
  { results, tokens, cuts }: Ranking,
  id: string,
  model: string,
): RerankResponseBody {
  return {
    id,
    model,
    results: results.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(returnDocuments && { document: { text: request.documents[index]! } }),
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
    meta: { tokens: { input_tokens: tokens }, ...(cuts.length > 0 && truncation(cuts, request)) },
  };
}

/** Cohere's body with a code and the offending parameter beside it. */
export function rerankErrorBody(
  { code, message, param }: PublicError,
  id: string,
): RerankErrorBody {
  return { id, code, message, ...(param !== undefined && { param }) };
}

function truncation(cuts: readonly Cut[], { documents }: RerankRequest) {
  const cutDocuments = cuts.filter(({ documentTokens }) => documentTokens > 0).length;
  const cutQuery = cuts.some(({ queryTokens }) => queryTokens > 0);
  const warnings = [
    ...(cutQuery ? ["The query was cut to half of the model's window."] : []),
    ...(cutDocuments > 0
      ? [`${cutDocuments} of ${documents.length} documents were cut to the model's window.`]
      : []),
  ];
  const truncated = cuts.map(({ index, queryTokens, documentTokens }) => ({
    index,
    query_tokens_cut: queryTokens,
    document_tokens_cut: documentTokens,
  }));
  return { warnings, truncated };
}

function textOf(document: z.output<typeof documentSchema>): string {
  return typeof document === "string" ? document : document.text;
}
