/**
 * The rerank of Text Embeddings Inference: `texts`, and a bare array for an answer. Pure.
 *
 * Three differences: of equal scores the lower index comes first; where a pair does not fit, a query is cut only down to half of the
 * window, not token by token from the longer of the two; `top_n` counts as little as there, but `min_score` does.
 * @see router/src/http/types.rs and server.rs of text-embeddings-inference 1.9
 */
import * as z from "zod";
import { countCodePoints } from "../code-points.ts";
import { fail } from "../errors.ts";
import type { RerankRequest } from "../rerank.ts";
import { expressing } from "./expressing.ts";
import { oneQuery } from "./one-query.ts";
import { rerankTask, type RerankForm } from "./parse-rerank.ts";
import { extrasOf, hasField, optionalBoolean, scoreOf } from "./rerank-options.ts";
import type { RerankProtocol } from "./rerank-protocol.ts";
import { teiErrorBody, teiErrorStatus } from "./tei-errors.ts";
import { readComputeTokens, teiHeaders } from "./tei-headers.ts";
import { logitsByIndex, nonsense, type UpstreamProtocol } from "./upstream-protocol.ts";

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

const parseTask = rerankTask(form, ({ options, documents, request, fields }) => ({
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
}));

export const teiRerank: RerankProtocol = {
  name: "tei",
  parse: (body) =>
    hasField(body, "texts") && isEmptyList((body as { texts: unknown }).texts)
      ? fail({ kind: "empty_list", param: "texts" })
      : parseTask(body),
  errorBody: teiErrorBody,
  errorStatus: teiErrorStatus,
};

const answerSchema = z.array(
  z.looseObject({ index: z.unknown().optional(), score: z.unknown().optional() }),
);

/**
 * A server of TEI has one model, so that none is named. Of equal scores it has the higher index first: places count for nothing.
 */
export const teiUpstream: UpstreamProtocol = {
  name: "tei",
  path: "/rerank",
  carries: "one-query",
  expresses: expressing("side"),
  body({ pairs, fit }) {
    const { query, documents } = oneQuery(pairs);
    return {
      query,
      texts: documents,
      raw_scores: false,
      truncate: true,
      truncation_direction: fit.side === "left" ? "Left" : "Right",
      return_text: false,
    };
  },
  read({ body, headers }, pairs) {
    const answer = answerSchema.safeParse(body);
    if (!answer.success) return nonsense("no list of results");
    const results = answer.data.map(({ index, score }) => ({ index, score }));
    return logitsByIndex(results, pairs, "score", readComputeTokens(headers));
  },
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
