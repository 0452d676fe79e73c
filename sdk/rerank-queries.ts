/** Several queries over the same documents, in one call. */
import type { WithResponse } from "./api-promise.ts";
import { invalidResponse, type RerankError } from "./errors.ts";
import type { RequestOptions } from "./options.ts";
import {
  bodyOf,
  nothingToRank,
  provenanceOf,
  RERANK_PATH,
  responseOf,
  unranked,
  withoutCall,
  withRoute,
  type Documents,
  type FailOpen,
  type RerankOptions,
  type RerankResponse,
  type UnrankedResponse,
} from "./rerank.ts";
import type { Transport } from "./transport.ts";
import type { RerankManyRequestBody, RerankManyResponseBody } from "./wire.ts";

/** Queries, and the documents that are ranked for each of them. */
export type RerankQueriesParams<Document> = Documents<Document> &
  RerankOptions &
  FailOpen & {
    /** With the documents at most 1,000 pairs in all. An empty list is answered without a call. */
    queries: readonly string[];
  };

/** A ranking for each query. */
export interface RerankQueriesResponse<Document> {
  /** Tells it from the {@link UnrankedQueriesResponse} of `failOpen`. */
  reranked: true;
  /** One a query, in their order. */
  rankings: RerankResponse<Document>[];
  /** Tokens that the model read for all of them. */
  usage: { totalTokens: number };
  /** Who computed it, "edge" or "backend": the answer's `x-rerank-served-by`. */
  servedBy: string | undefined;
  /** Why there, in a word: the answer's `x-rerank-route-reason`. */
  routeReason: string | undefined;
  /** The service's id of the request; undefined if there was no call. */
  requestId: string | undefined;
}

/** The documents as they came, for each query: nobody could rank them, and `failOpen` asked for them all the same. */
export interface UnrankedQueriesResponse<Document> {
  reranked: false;
  /** One a query, all alike. */
  rankings: UnrankedResponse<Document>[];
  /** Why. */
  error: RerankError;
  requestId: string | undefined;
}

/** @throws RerankError */
export async function rerankQueries<Document>(
  transport: Transport,
  params: RerankQueriesParams<Document>,
  options: RequestOptions,
): Promise<WithResponse<RerankQueriesResponse<Document>>> {
  const { documents, queries } = params;
  if (documents.length === 0 || queries.length === 0)
    return withoutCall({
      reranked: true,
      rankings: queries.map(() => nothingToRank<Document>()),
      usage: { totalTokens: 0 },
      servedBy: undefined,
      routeReason: undefined,
      requestId: undefined,
    });
  const body = { ...bodyOf(params), queries } satisfies RerankManyRequestBody;
  const sent = await transport.send<RerankManyResponseBody>(
    { method: "POST", path: RERANK_PATH, body },
    withRoute(options, params.route),
  );
  const { data: answer, response, requestId } = sent;
  if (!Array.isArray(answer?.data) || answer.data.length !== queries.length)
    throw invalidResponse(
      "The answer is no list of rankings, one a query: does the service take several queries?",
      response,
    );
  const data: RerankQueriesResponse<Document> = {
    reranked: true,
    rankings: answer.data.map((each) => responseOf(each, documents, sent)),
    usage: { totalTokens: answer.usage?.total_tokens ?? 0 },
    ...provenanceOf(response.headers),
    requestId,
  };
  return { data, response, requestId };
}

/** The answer that `failOpen` gives in place of an error. */
export function unrankedQueries<Document>(
  { queries, documents, topN }: RerankQueriesParams<Document>,
  error: RerankError,
): UnrankedQueriesResponse<Document> {
  const rankings = queries.map(() => unranked(documents, topN, error));
  return { reranked: false, rankings, error, requestId: error.requestId };
}
