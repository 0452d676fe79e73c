/**
 * Cohere's rerank, v1 and v2, as Cohere and Azure AI Foundry answer it. Pure.
 *
 * v1 gives back a document whole, v2 its text; both only when asked. Objects are ranked by `rank_fields`; a YAML string is a string.
 * `max_chunks_per_doc` counts only with `long_documents: "max_window"`; `priority` has no effect.
 * @see https://docs.cohere.com/reference/rerank
 */
import * as z from "zod";
import type { CohereErrorBody, CohereMeta, RerankResult } from "../../sdk/index.ts";
import type { PublicError } from "../public-error.ts";
import type { Cut } from "../encode-pairs.ts";
import type { FitOptions } from "../../engine/fit-pair.ts";
import type { Ranking } from "../ranking.ts";
import type { RerankRequest } from "../rerank.ts";
import { expressing } from "./expressing.ts";
import { oneQuery } from "./one-query.ts";
import { rerankTask, type ParsedRerank, type RerankForm } from "./parse-rerank.ts";
import type { RankDocument } from "./rank-documents.ts";
import { readResults } from "./read-results.ts";
import { extrasOf, optionalBoolean, scoreOf, wholeNumber } from "./rerank-options.ts";
import type { RerankProtocol } from "./rerank-protocol.ts";
import type { UpstreamCall, UpstreamProtocol } from "./upstream-protocol.ts";
import { isNotEmpty } from "./validate.ts";

export type CohereVersion = "1" | "2";

/** Documents of one query that Cohere bills as one unit of search. */
const DOCUMENTS_PER_SEARCH_UNIT = 100;

const NAMES = { error: "must be a list of names" };

const fieldsSchema = z.object({
  top_n: wholeNumber(1).nullish(),
  return_documents: optionalBoolean,
  rank_fields: z
    .array(z.string(NAMES), NAMES)
    .refine(isNotEmpty, NAMES)
    .meta({ minItems: 1 })
    .nullish(),
  max_tokens_per_doc: wholeNumber(1).nullish(),
  max_chunks_per_doc: wholeNumber(1).nullish(),
});

type CohereFields = z.output<typeof fieldsSchema>;

export const cohereForm: RerankForm<typeof fieldsSchema> = {
  documents: "documents",
  fields: fieldsSchema,
  settings: ({ top_n, rank_fields, max_tokens_per_doc, max_chunks_per_doc }) => ({
    topN: top_n,
    rankFields: rank_fields,
    fit: {
      maxDocumentTokens: max_tokens_per_doc ?? Infinity,
      maxWindows: max_chunks_per_doc ?? Infinity,
    },
  }),
};

export const cohereV1 = cohere("1");
export const cohereV2 = cohere("2");

function cohere(version: CohereVersion): RerankProtocol {
  return {
    name: `cohere-v${version}`,
    parse: rerankTask(cohereForm, (parsed) => ({
      answer: (ranking, { id }) => ({
        id,
        results: cohereResults(ranking, parsed, version),
        meta: cohereMeta(ranking, parsed.request, version),
      }),
    })),
    errorBody: ({ message }: PublicError, id: string): CohereErrorBody => ({ id, message }),
  };
}

/** v2, of Cohere, of Azure AI Foundry and of any server that copies it. All of those want a model. */
export const cohereUpstream: UpstreamProtocol = {
  name: "cohere",
  path: "/v2/rerank",
  carries: "one-query",
  expresses: expressing("maxDocumentTokens"),
  body: cohereBody,
  read: (answer, pairs) => readResults(answer, pairs, "score"),
};

/** v2's body of a call, without `return_documents`, which Cohere's own v2 does not have: false is the default elsewhere. */
export function cohereBody({ pairs, fit, model }: UpstreamCall): object {
  return {
    ...(model !== undefined && { model }),
    ...oneQuery(pairs),
    ...(Number.isFinite(fit.maxDocumentTokens) && { max_tokens_per_doc: fit.maxDocumentTokens }),
  };
}

export function cohereResults(
  { results }: Ranking,
  { options, documents, fields }: ParsedRerank<CohereFields>,
  version: CohereVersion,
): RerankResult[] {
  return results.map((result) => {
    const document = documents[result.index]!;
    return {
      index: result.index,
      relevance_score: scoreOf(result, options),
      ...(fields.return_documents && { document: returnedDocument(document, version) }),
      ...extrasOf(result, document, options),
    };
  });
}

/** v1 gives an object back as it came, v2 the text alone; a string is `{text}` in both. */
function returnedDocument({ text, original }: RankDocument, version: CohereVersion) {
  return version === "1" && typeof original === "object" ? original : { text };
}

/** What Cohere's clients read of an answer beside its results. */
export function cohereMeta(
  { tokens, cuts }: Ranking,
  { documents, fit }: RerankRequest,
  version: CohereVersion,
): CohereMeta {
  const warnings = warningsOf(cuts ?? [], documents.length, fit);
  return {
    api_version: { version },
    billed_units: { search_units: Math.ceil(documents.length / DOCUMENTS_PER_SEARCH_UNIT) },
    tokens: { input_tokens: tokens },
    ...(warnings.length > 0 && { warnings }),
  };
}

function warningsOf(cuts: readonly Cut[], documents: number, fit: FitOptions): string[] {
  const cutDocuments = cuts.filter(({ documentTokens }) => documentTokens > 0).length;
  const cutQuery = cuts.some(({ queryTokens }) => queryTokens > 0);
  const asked = Number.isFinite(fit.maxDocumentTokens) || Number.isFinite(fit.maxWindows);
  const room = asked ? "what the request allows or the model's window" : "the model's window";
  return [
    ...(cutQuery ? ["The query was cut to half of the model's window."] : []),
    ...(cutDocuments > 0 ? [`${cutDocuments} of ${documents} documents were cut to ${room}.`] : []),
  ];
}
