/**
 * Voyage's rerank: `top_k`, results in `data`, and documents as bare strings when asked. Pure.
 * @see https://docs.voyageai.com/reference/reranker-api
 */
import * as z from "zod";
import type { VoyageErrorBody } from "../../sdk/index.ts";
import { rerankTask, type RerankForm } from "./parse-rerank.ts";
import { extrasOf, optionalBoolean, scoreOf, wholeNumber } from "./rerank-options.ts";
import type { RerankProtocol } from "./rerank-protocol.ts";

const fieldsSchema = z.object({
  top_k: wholeNumber(1).nullish(),
  return_documents: optionalBoolean,
  truncation: optionalBoolean,
});

export const form: RerankForm<typeof fieldsSchema> = {
  documents: "documents",
  fields: fieldsSchema,
  settings: ({ top_k, truncation }) => ({
    topN: top_k,
    fit: { longDocuments: (truncation ?? true) ? "truncate" : "refuse" },
  }),
};

export const voyage: RerankProtocol = {
  name: "voyage",
  parse: rerankTask(form, ({ options, documents, fields }) => ({
    answer: (ranking, { model }) => ({
      object: "list",
      data: ranking.results.map((result) => {
        const document = documents[result.index]!;
        return {
          index: result.index,
          relevance_score: scoreOf(result, options),
          ...(fields.return_documents && { document: document.text }),
          ...extrasOf(result, document, options),
        };
      }),
      model,
      usage: { total_tokens: ranking.tokens },
    }),
  })),
  errorBody: ({ message }): VoyageErrorBody => ({ detail: message }),
};
