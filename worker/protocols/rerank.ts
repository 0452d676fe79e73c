/**
 * The service's own rerank protocol: one body that the clients of Cohere, Jina, LiteLLM, Dify and Open WebUI all read. Pure.
 *
 * Fields and `meta` are Cohere's, `usage` is Jina's. `document` is there only when asked for; a `top_n` over the number of documents
 * means all; unknown fields are ignored.
 */
import type { RerankErrorBody, RerankResponseBody } from "../../sdk/index.ts";
import type { Cut } from "../encode-pairs.ts";
import type { PublicError } from "../public-error.ts";
import { cohereBody, cohereForm, cohereMeta, cohereResults, type CohereVersion } from "./cohere.ts";
import { expressing } from "./expressing.ts";
import { rerankTask } from "./parse-rerank.ts";
import { readResults } from "./read-results.ts";
import { usageOf, type RerankProtocol } from "./rerank-protocol.ts";
import type { UpstreamProtocol } from "./upstream-protocol.ts";

/** At `/v1/rerank`. */
export const rerankV1 = rerankProtocol("1");
/** At `/v2/rerank` and `/rerank`. */
export const rerankV2 = rerankProtocol("2");

function rerankProtocol(version: CohereVersion): RerankProtocol {
  return {
    name: `rerank-v${version}`,
    parse: rerankTask(cohereForm, (parsed) => ({
      answer: (ranking, { id, model }): RerankResponseBody => ({
        id,
        model,
        results: cohereResults(ranking, parsed, version),
        usage: usageOf(ranking.tokens),
        meta: {
          ...cohereMeta(ranking, parsed.request, version),
          ...(ranking.cuts?.length && { truncated: ranking.cuts.map(truncated) }),
        },
      }),
    })),
    errorBody: rerankErrorBody,
  };
}

/** Another copy of this service. */
export const rerankUpstream: UpstreamProtocol = {
  name: "rerank",
  path: "/v2/rerank",
  carries: "one-query",
  expresses: expressing("maxDocumentTokens"),
  body: (call) => ({ ...cohereBody(call), raw_scores: true }),
  read: (answer, pairs) => readResults(answer, pairs, "logit"),
};

/** Cohere's body with a code and the offending parameter beside it. */
export function rerankErrorBody(
  { code, message, param }: PublicError,
  id: string,
): RerankErrorBody {
  return { id, code, message, ...(param !== undefined && { param }) };
}

function truncated({ index, queryTokens, documentTokens }: Cut) {
  return { index, query_tokens_cut: queryTokens, document_tokens_cut: documentTokens };
}
