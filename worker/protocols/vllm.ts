/**
 * vLLM's rerank: the document is always in the answer, `top_n: 0` means all, and an over-long pair is refused unless the request has
 * a field that cuts it. Pure.
 *
 * `truncate_prompt_tokens` over the model's window means the window, where vLLM refuses it.
 * @see vllm/entrypoints/pooling/score/protocol.py of vLLM in 2026
 */
import * as z from "zod";
import type { VllmErrorBody } from "../../sdk/index.ts";
import { expressing } from "./expressing.ts";
import { oneQuery } from "./one-query.ts";
import { rerankTask, type RerankForm } from "./parse-rerank.ts";
import { readResults } from "./read-results.ts";
import { extrasOf, hasField, optionalBoolean, wholeNumber } from "./rerank-options.ts";
import { usageOf, type RerankProtocol } from "./rerank-protocol.ts";
import type { UpstreamProtocol } from "./upstream-protocol.ts";
import { fitFieldsOf, vllmFit, vllmFitFields } from "./vllm-fit.ts";

/** Fields that vLLM alone has: a body with one of them, at a path that several protocols share, is vLLM's. */
const MARKERS = [
  "use_activation",
  "truncate_prompt_tokens",
  "truncation_side",
  "max_tokens_per_query",
  "mm_processor_kwargs",
  "cache_salt",
  "request_id",
] as const;

const fieldsSchema = z.object({
  top_n: wholeNumber(0).nullish(),
  use_activation: optionalBoolean,
  ...vllmFitFields,
});

export const form: RerankForm<typeof fieldsSchema> = {
  documents: "documents",
  fields: fieldsSchema,
  // 0 is no limit.
  settings: (fields) => ({ topN: fields.top_n || null, fit: vllmFit(fields) }),
};

export const vllm: RerankProtocol = {
  name: "vllm",
  parse: rerankTask(form, ({ options, documents, fields }) => {
    const isLogit = !(fields.use_activation ?? !options.rawScores);
    return {
      answer: (ranking, { id, model }) => ({
        id: `rerank-${id}`,
        model,
        usage: usageOf(ranking.tokens),
        results: ranking.results.map((result) => {
          const document = documents[result.index]!;
          return {
            index: result.index,
            document: { text: document.text, multi_modal: null },
            relevance_score: isLogit ? result.logit : result.score,
            ...extrasOf(result, document, options),
          };
        }),
      }),
    };
  }),
  errorBody: ({ status, message, param }): VllmErrorBody => ({
    error: {
      message,
      type: TYPES[status] ?? "BadRequestError",
      param: param ?? null,
      code: status,
    },
  }),
};

/** A version that does not know `use_activation` answers sigmoids, which cannot be told from logits. */
export const vllmUpstream: UpstreamProtocol = {
  name: "vllm",
  path: "/rerank",
  carries: "one-query",
  expresses: expressing("side", "maxQueryTokens", "maxDocumentTokens", "maxPairTokens"),
  body: ({ pairs, fit, model }) => ({
    ...(model !== undefined && { model }),
    ...oneQuery(pairs),
    use_activation: false,
    ...fitFieldsOf(fit),
  }),
  read: (answer, pairs) => readResults(answer, pairs, "logit"),
};

/** By status; every other is a wrong request. */
const TYPES: Readonly<Record<number, string>> = {
  404: "NotFoundError",
  429: "RateLimitError",
  500: "InternalServerError",
};

/** Whether a body has a field that vLLM alone knows. */
export function isVllmBody(body: unknown): boolean {
  return MARKERS.some((marker) => hasField(body, marker));
}
