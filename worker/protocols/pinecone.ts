/**
 * Pinecone's rerank: documents are objects and come back whole unless told otherwise, so their `id` and `metadata` stay where they are.
 * Pure.
 * @see https://docs.pinecone.io/reference/api/latest/inference/rerank
 */
import * as z from "zod";
import type { PineconeErrorBody } from "../../sdk/index.ts";
import { rerankTask, type RerankForm } from "./parse-rerank.ts";
import { extrasOf, optionalBoolean, scoreOf, wholeNumber } from "./rerank-options.ts";
import type { RerankProtocol } from "./rerank-protocol.ts";
import { truncateWord } from "./truncate-word.ts";
import { isNotEmpty } from "./validate.ts";

/** Documents of one query that Pinecone bills as one unit. */
const DOCUMENTS_PER_RERANK_UNIT = 100;

const NAMES = { error: "must be a list of names" };

const fieldsSchema = z.object({
  top_n: wholeNumber(1).nullish(),
  return_documents: optionalBoolean,
  rank_fields: z
    .array(z.string(NAMES), NAMES)
    .refine(isNotEmpty, NAMES)
    .meta({ minItems: 1 })
    .nullish(),
  parameters: z.object({ truncate: truncateWord }, { error: "must be an object" }).nullish(),
});

export const form: RerankForm<typeof fieldsSchema> = {
  documents: "documents",
  fields: fieldsSchema,
  settings: ({ top_n, rank_fields, parameters }) => ({
    topN: top_n,
    rankFields: rank_fields,
    fit: { longDocuments: parameters?.truncate === "NONE" ? "refuse" : "truncate" },
  }),
};

export const pinecone: RerankProtocol = {
  name: "pinecone",
  parse: rerankTask(form, ({ options, documents, fields }) => ({
    answer: ({ results }, { model }) => ({
      model,
      data: results.map((result) => {
        const { text, original } = documents[result.index]!;
        const document = typeof original === "string" ? { text } : original;
        return {
          index: result.index,
          score: scoreOf(result, options),
          ...((fields.return_documents ?? true) && { document }),
          ...extrasOf(result, { text, original }, options),
        };
      }),
      usage: { rerank_units: Math.ceil(documents.length / DOCUMENTS_PER_RERANK_UNIT) },
    }),
  })),
  errorBody: ({ status, message }): PineconeErrorBody => ({
    status,
    error: { code: CODES[status] ?? "INVALID_ARGUMENT", message },
  }),
};

/** By status; every other is a wrong request. */
const CODES: Readonly<Record<number, string>> = {
  404: "NOT_FOUND",
  408: "DEADLINE_EXCEEDED",
  424: "FAILED_PRECONDITION",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
};
