/**
 * Jina's rerank: Cohere's fields, `usage` and `object` in the answer, and documents brought along unless told otherwise. Pure.
 * @see https://api.jina.ai/redoc
 */
import type { JinaErrorBody } from "../../sdk/index.ts";
import { ok, type PublicError } from "../errors.ts";
import { cohereForm } from "./cohere.ts";
import { parseRerank } from "./parse-rerank.ts";
import { extrasOf, scoreOf } from "./rerank-options.ts";
import { usageOf, type RerankProtocol } from "./rerank-protocol.ts";

export const jina: RerankProtocol = {
  name: "jina",
  parse(body) {
    const parsed = parseRerank(body, cohereForm);
    if (!parsed.ok) return parsed;
    const { options, documents, request, fields } = parsed.value;
    return ok({
      options,
      request,
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
    });
  },
  errorBody: ({ message }: PublicError, id: string): JinaErrorBody => ({
    detail: `[RID: ${id}] ${message}`,
  }),
};
