/**
 * Infinity's rerank: documents are strings, stripped of white space around them, and come back as bare strings when asked. Pure.
 * @see infinity_emb/fastapi_schemas/pymodels.py and errors.py of michaelfeil/infinity 0.0.77
 */
import * as z from "zod";
import type { InfinityErrorBody, InfinityValidationErrorBody } from "../../sdk/index.ts";
import type { PublicError } from "../public-error.ts";
import { expressing } from "./expressing.ts";
import { oneQuery } from "./one-query.ts";
import { rerankTask, type RerankForm } from "./parse-rerank.ts";
import { readResults } from "./read-results.ts";
import { extrasOf, optionalBoolean, scoreOf, wholeNumber } from "./rerank-options.ts";
import { usageOf, type RerankProtocol } from "./rerank-protocol.ts";
import type { UpstreamProtocol } from "./upstream-protocol.ts";

const fieldsSchema = z.object({
  top_n: wholeNumber(1).nullish(),
  return_documents: optionalBoolean,
});

export const form: RerankForm<typeof fieldsSchema> = {
  documents: "documents",
  fields: fieldsSchema,
  settings: ({ top_n }) => ({ topN: top_n }),
};

export const infinity: RerankProtocol = {
  name: "infinity",
  parse: rerankTask(form, ({ options, documents, fields }) => ({
    answer: (ranking, { id, model, created }) => ({
      object: "rerank",
      results: ranking.results.map((result) => {
        const document = documents[result.index]!;
        return {
          relevance_score: scoreOf(result, options),
          index: result.index,
          ...(fields.return_documents && { document: document.text.trim() }),
          ...extrasOf(result, document, options),
        };
      }),
      model,
      usage: usageOf(ranking.tokens),
      id: `infinity-${id}`,
      created,
    }),
  })),
  errorBody(error): InfinityErrorBody | InfinityValidationErrorBody {
    if (isInvalid(error)) return { detail: [validationError(error)] };
    return { error: { message: error.message, type: null, param: null, code: statusOf(error) } };
  },
  errorStatus: statusOf,
};

/**
 * Texts that do not fit are cut by the rule of its tokenizer, which no field changes. Without a model it is the server's first;
 * null for one would be refused.
 */
export const infinityUpstream: UpstreamProtocol = {
  name: "infinity",
  path: "/rerank",
  carries: "one-query",
  expresses: expressing(),
  body: ({ pairs, model }) => ({
    ...(model !== undefined && { model }),
    ...oneQuery(pairs),
    raw_scores: false,
    return_documents: false,
  }),
  read: (answer, pairs) => readResults(answer, pairs, "score"),
};

/** Whether FastAPI would have refused the body before Infinity saw it. */
function isInvalid({ status, code }: PublicError): boolean {
  return code === "over_limit" || (status === 400 && code !== "over_window");
}

/** A wrong body is 422 there, an unknown model 400. */
function statusOf(error: PublicError): number {
  if (error.code === "unknown_model") return 400;
  return isInvalid(error) && error.param !== "body" ? 422 : error.status;
}

function validationError({ code, message, param }: PublicError) {
  const path = param?.match(/[^.[\]]+/g) ?? [];
  const loc = path.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  return { type: code, loc: ["body", ...loc], msg: message };
}
