/**
 * Jina's rerank: Cohere's fields, `usage` and `object` in the answer, and documents brought along unless told otherwise. Pure.
 * @see https://api.jina.ai/redoc
 */
import type { JinaErrorBody } from "../../sdk/index.ts";
import type { PublicError } from "../public-error.ts";
import { cohereForm } from "./cohere.ts";
import { expressing } from "./expressing.ts";
import { oneQuery } from "./one-query.ts";
import { rerankTask } from "./parse-rerank.ts";
import { readResults } from "./read-results.ts";
import { extrasOf, scoreOf } from "./rerank-options.ts";
import { usageOf, type RerankProtocol } from "./rerank-protocol.ts";
import type { UpstreamProtocol } from "./upstream-protocol.ts";

export const jina: RerankProtocol = {
  name: "jina",
  parse: rerankTask(cohereForm, ({ options, documents, fields }) => ({
    answer: (ranking, { model }) => ({
      model,
      object: "list",
      usage: usageOf(ranking.tokens),
      results: ranking.results.map((result) => {
        const document = documents[result.index]!;
        return {
          index: result.index,
          relevance_score: scoreOf(result, options),
          ...((fields.return_documents ?? true) && { document: { text: document.text } }),
          ...extrasOf(result, document, options),
        };
      }),
    }),
  })),
  errorBody: ({ message }: PublicError, id: string): JinaErrorBody => ({
    detail: `[RID: ${id}] ${message}`,
  }),
};

/** It wants a model. Its scores are taken for sigmoids, which its reference does not state: one outside of [0, 1] is refused. */
export const jinaUpstream: UpstreamProtocol = {
  name: "jina",
  path: "/v1/rerank",
  carries: "one-query",
  expresses: expressing(),
  body: ({ pairs, model }) => ({
    ...(model !== undefined && { model }),
    ...oneQuery(pairs),
    return_documents: false,
  }),
  read: (answer, pairs) => readResults(answer, pairs, "score"),
};
