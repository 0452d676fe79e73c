/**
 * The rerank of Text Embeddings Inference: `texts`, and a bare array for an answer. Pure.
 *
 * Three differences: of equal scores the lower index comes first; where a pair does not fit, a query is cut only down to half of the
 * window, not token by token from the longer of the two; `top_n` counts as little as there, but `min_score` does.
 * @see router/src/http/types.rs and server.rs of text-embeddings-inference 1.9
 */
import * as z from "zod";
import { countCodePoints } from "../code-points.ts";
import { fail, ok } from "../errors.ts";
import type { RerankRequest } from "../rerank.ts";
import { parseRerank, type RerankForm } from "./parse-rerank.ts";
import { extrasOf, hasField, optionalBoolean, scoreOf } from "./rerank-options.ts";
import type { RerankProtocol } from "./rerank-protocol.ts";
import { teiErrorBody, teiErrorStatus } from "./tei-errors.ts";
import { teiHeaders } from "./tei-headers.ts";

const fieldsSchema = z.object({
  truncate: optionalBoolean,
  truncation_direction: z
    .enum(["Left", "left", "Right", "right"], { error: 'must be "Left" or "Right"' })
    .nullish(),
  return_text: optionalBoolean,
});

export const form: RerankForm<typeof fieldsSchema> = {
  documents: "texts",
  fields: fieldsSchema,
  settings: ({ truncate, truncation_direction: direction }) => ({
    fit: {
      side: direction?.toLowerCase() === "left" ? "left" : "right",
      longDocuments: (truncate ?? true) ? "truncate" : "refuse",
    },
  }),
};

export const teiRerank: RerankProtocol = {
  name: "tei",
  parse(body) {
    if (hasField(body, "texts") && isEmptyList((body as { texts: unknown }).texts))
      return fail({ kind: "empty_list", param: "texts" });
    const parsed = parseRerank(body, form);
    if (!parsed.ok) return parsed;
    const { options, documents, request, fields } = parsed.value;
    return ok({
      options,
      request,
      answer: ({ results }) =>
        results.map((result) => {
          const document = documents[result.index]!;
          return {
            index: result.index,
            score: scoreOf(result, options),
            ...(fields.return_text && { text: document.text }),
            ...extrasOf(result, document, options),
          };
        }),
      headers: (tokens, times) => teiHeaders({ tokens, times, characters: charactersOf(request) }),
    });
  },
  errorBody: teiErrorBody,
  errorStatus: teiErrorStatus,
};

/** Whether a body without documents and texts has a field that TEI alone knows. */
export function looksLikeTei(body: unknown): boolean {
  return ["texts", ...Object.keys(fieldsSchema.shape)].some((name) => hasField(body, name));
}

/** A query counts once for each of its documents, as TEI reads it again for each. */
function charactersOf({ queries, documents }: RerankRequest): number {
  const sum = (texts: readonly string[]): number =>
    texts.reduce((total, text) => total + countCodePoints(text), 0);
  return sum(queries) * documents.length + sum(documents) * queries.length;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
