/** Ranking documents of any type: what goes to the service, and the caller's own documents back. */
import type { WithResponse } from "./api-promise.ts";
import { invalidResponse, isRerankError, rerankError, type RerankError } from "./errors.ts";
import type { RequestOptions } from "./options.ts";
import type { Transport } from "./transport.ts";
import type { RerankRequestBody, RerankResponseBody } from "./wire.ts";

/**
 * What is ranked of a document: a text, or several fields that are joined by line breaks.
 *
 * @example
 * ```ts
 * await client.rerank({ query, documents: articles, text: ({ title, body }) => [title, body] });
 * ```
 */
export type TextOf<Document> = (document: Document, index: number) => string | readonly string[];

/** A document that says itself what is ranked of it; other properties are kept. */
export type TextDocument = string | { readonly text: string };

/** What a ranking can be told, beside query and documents. */
export interface RerankOptions {
  /** Results wanted, at least 1. Default, and if there are fewer documents: all. */
  topN?: number | undefined;
  /** Documents of a lower score are left out, from 0 to 1. Default 0: none. */
  minScore?: number | undefined;
  /** Scores are the model's logits, not their sigmoids. Default false. */
  rawScores?: boolean | undefined;
  /** Results say what the model read and did not read of them. Default false. */
  details?: boolean | undefined;
  /** "max_window" reads a document that does not fit in overlapping windows, of which the best counts. Default "truncate". */
  longDocuments?: "truncate" | "max_window" | undefined;
  /** Tokens of a document that are read at most. Default: as many as fit. */
  maxTokensPerDocument?: number | undefined;
  /** A name of `GET /v1/models`. Default: the service's default model. */
  model?: string | undefined;
  /** Where it is computed. Default "auto": small requests at the edge, large ones by the backend. */
  route?: "auto" | "edge" | "backend" | undefined;
  /** Scores that the service has kept are shared only within a scope: one a tenant. Default: all of the same key. */
  cacheScope?: string | undefined;
}

/** Documents, and what is ranked of each: `text` may be left out of strings and of objects with a `text`. */
export type Documents<Document> = {
  /** Their order decides between equal scores: the earlier comes first. An empty list is answered without a call. */
  documents: readonly Document[];
} & ([Document] extends [TextDocument]
  ? { text?: TextOf<Document> | undefined }
  : { text: TextOf<Document> });

/** A query, and the documents that are ranked for it. */
export type RerankParams<Document> = Documents<Document> &
  RerankOptions &
  FailOpen & {
    /** At most 10,000 characters. */
    query: string;
  };

export interface FailOpen {
  /**
   * Rather the documents in their own order and without scores than an error, unless the request itself or the key is wrong, or the call
   * was aborted. Default false.
   */
  failOpen?: boolean | undefined;
}

/** A document with its score. */
export interface RankedDocument<Document> {
  /** The caller's own, the same object. */
  document: Document;
  /** Its place in the request's documents, from 0. */
  index: number;
  /** In [0, 1], not calibrated; any finite number with `rawScores`. */
  score: number;
  /** With `details`, unless a backend ranked: tokens the model read of query and document. */
  tokens?: number;
  /** With `details`, unless a backend ranked: whether the model missed some of them. */
  truncated?: boolean;
  /** With `longDocuments: "max_window"`: the part that gave the score, [start, end) in UTF-16 units of what was ranked. */
  window?: { start: number; end: number };
}

/** The documents of a query by descending score. */
export interface RerankResponse<Document> {
  /** Tells it from the {@link UnrankedResponse} of `failOpen`. */
  reranked: true;
  /** By descending score; of equal scores the earlier document of the request comes first. */
  results: RankedDocument<Document>[];
  /** That ranked; empty if there was nothing to rank. */
  model: string;
  /** Tokens that the model read; 0 if the service does not say. */
  usage: { totalTokens: number };
  /** Who computed it, "edge" or "backend": the answer's `x-rerank-served-by`. Undefined of other services. */
  servedBy: string | undefined;
  /** Why there, in a word: the answer's `x-rerank-route-reason`. */
  routeReason: string | undefined;
  /** The service's id of the request; undefined if there was no call. */
  requestId: string | undefined;
}

/** The documents as they came: nobody could rank them, and `failOpen` asked for them all the same. */
export interface UnrankedResponse<Document> {
  /** Tells it from a {@link RerankResponse}. */
  reranked: false;
  /** The first `topN` in the request's order. */
  results: Omit<RankedDocument<Document>, "score">[];
  /** Why. */
  error: RerankError;
  /** The error's. */
  requestId: string | undefined;
}

/** Where queries and documents go. */
export const RERANK_PATH = "/v2/rerank";

/** One query's documents. @throws RerankError */
export async function rerankDocuments<Document>(
  transport: Transport,
  params: RerankParams<Document>,
  options: RequestOptions,
): Promise<WithResponse<RerankResponse<Document>>> {
  const { documents, query } = params;
  if (documents.length === 0) return withoutCall(nothingToRank());
  const body = { ...bodyOf(params), query } satisfies RerankRequestBody;
  const sent = await transport.send<RerankResponseBody>(
    { method: "POST", path: RERANK_PATH, body },
    withRoute(options, params.route),
  );
  return { ...sent, data: responseOf(sent.data, documents, sent) };
}

/** What a request has beside its query. */
export function bodyOf<Document>(params: Documents<Document> & RerankOptions) {
  const { documents, longDocuments, model } = params;
  return omitUndefined({
    documents: documents.map((document, index) => textOf(params, document, index)),
    model,
    top_n: params.topN,
    min_score: params.minScore,
    raw_scores: params.rawScores,
    details: params.details,
    long_documents: longDocuments,
    max_tokens_per_doc: params.maxTokensPerDocument,
    cache_scope: params.cacheScope,
  });
}

/** What is ranked of a document. @throws InvalidRequestError if that is no text */
export function textOf<Document>(
  { text }: { text?: TextOf<Document> | undefined },
  document: Document,
  index: number,
): string {
  const own = text
    ? text(document, index)
    : typeof document === "string"
      ? document
      : (document as { text?: unknown } | null)?.text;
  const fields: unknown[] = Array.isArray(own) ? own : [own];
  if (fields.every((field) => typeof field === "string")) return fields.join("\n");
  throw rerankError(
    "invalid_request",
    `documents[${index}] has no text: it must be a string or have one in text, or tell with the option text what is ranked of it.`,
    { code: "no_text", param: `documents[${index}]` },
  );
}

/** The answer to one query, with the caller's documents. @throws ServerError if it is none */
export function responseOf<Document>(
  answer: RerankResponseBody,
  documents: readonly Document[],
  { requestId, response }: Pick<WithResponse<unknown>, "requestId" | "response">,
): RerankResponse<Document> {
  const invalid = (): RerankError =>
    invalidResponse(
      "The answer is no ranking of the documents that were sent: is baseURL the address of a rerank service?",
      response,
    );
  if (!Array.isArray(answer?.results)) throw invalid();
  const results = answer.results.map((result): RankedDocument<Document> => {
    const { index, relevance_score: score, tokens, truncated, window } = result;
    if (!Number.isInteger(index) || !(index in documents) || typeof score !== "number")
      throw invalid();
    const document = documents[index]!;
    return { document, index, score, ...omitUndefined({ tokens, truncated, window }) };
  });
  return {
    reranked: true,
    results,
    model: answer.model ?? "",
    usage: { totalTokens: answer.usage?.total_tokens ?? 0 },
    ...provenanceOf(response.headers),
    requestId,
  };
}

/** Who computed an answer, by its headers. */
export function provenanceOf(
  headers: Headers,
): Pick<RerankResponse<unknown>, "servedBy" | "routeReason"> {
  return {
    servedBy: headers.get("x-rerank-served-by") ?? undefined,
    routeReason: headers.get("x-rerank-route-reason") ?? undefined,
  };
}

/** The answer that `failOpen` gives in place of an error. */
export function unranked<Document>(
  documents: readonly Document[],
  topN: number | undefined,
  error: RerankError,
): UnrankedResponse<Document> {
  const results = documents.slice(0, topN).map((document, index) => ({ document, index }));
  return { reranked: false, results, error, requestId: error.requestId };
}

/** The error, if it is one that `failOpen` has an answer for. @throws any other */
export function opening(error: unknown): RerankError {
  const isRefusal =
    isRerankError(error) && /^(invalid_request|authentication|aborted)$/.test(error.kind);
  if (!isRerankError(error) || (isRefusal && !error.retryable)) throw error;
  return error;
}

/** An answer to no documents. */
export function nothingToRank<Document>(): RerankResponse<Document> {
  return {
    reranked: true,
    results: [],
    model: "",
    usage: { totalTokens: 0 },
    servedBy: undefined,
    routeReason: undefined,
    requestId: undefined,
  };
}

/** What is known without an answer, in the place of one. */
export function withoutCall<T>(data: T, error?: RerankError): WithResponse<T> {
  const status = error ? (error.status ?? 503) : 204;
  return { data, response: new Response(null, { status }), requestId: error?.requestId };
}

/** The header that asks for a route. */
export function withRoute(options: RequestOptions, route: RerankOptions["route"]): RequestOptions {
  return route === undefined
    ? options
    : { ...options, headers: { ...options.headers, "x-rerank-route": route } };
}

function omitUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
