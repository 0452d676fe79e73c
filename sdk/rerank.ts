/** Ranking documents of any type: what goes to the service, and the caller's own documents back. */
import { rerankError } from "./errors.ts";
import type { WithResponse } from "./api-promise.ts";
import type { RerankError } from "./errors.ts";
import type { RequestOptions } from "./options.ts";
import type { Transport } from "./transport.ts";
import type { RerankRequestBody, RerankResponseBody } from "./wire.ts";

/** What is ranked of a document: a text, or several fields that are joined by line breaks. */
export type TextOf<Document> = (document: Document, index: number) => string | readonly string[];

/** A document that says itself what is ranked of it. */
export type TextDocument = string | { readonly text: string };

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

export type RerankParams<Document> = Documents<Document> &
  RerankOptions & {
    query: string;
    /**
     * Rather the documents in their own order and without scores than an error, unless the request itself is wrong or was aborted.
     * Default false.
     */
    failOpen?: boolean | undefined;
  };

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

export interface RerankResponse<Document> {
  reranked: true;
  /** By descending score. */
  results: RankedDocument<Document>[];
  /** That ranked; empty if there was nothing to rank. */
  model: string;
  /** Tokens that were read. */
  usage: { totalTokens: number };
  /** Who computed it, and why there: the answer's `x-rerank-served-by` and `x-rerank-route-reason`. */
  servedBy: string | undefined;
  routeReason: string | undefined;
  /** The service's id of the request; undefined if there was no call. */
  requestId: string | undefined;
}

/** The documents as they came: nobody could rank them, and `failOpen` asked for them all the same. */
export interface UnrankedResponse<Document> {
  reranked: false;
  /** The first `topN` in the request's order. */
  results: Omit<RankedDocument<Document>, "score">[];
  /** Why. */
  error: RerankError;
  requestId: string | undefined;
}

const PATH = "/v2/rerank";

/** One query's documents. @throws RerankError */
export async function rerankDocuments<Document>(
  transport: Transport,
  params: RerankParams<Document>,
  options: RequestOptions,
): Promise<WithResponse<RerankResponse<Document>>> {
  const { documents, query } = params;
  if (documents.length === 0) return nothingToRank();
  const body = { ...bodyOf(params), query } satisfies RerankRequestBody;
  const sent = await transport.send<RerankResponseBody>(
    { method: "POST", path: PATH, body },
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
  const joined = Array.isArray(own) ? own.join("\n") : own;
  if (typeof joined === "string") return joined;
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
  const { headers, status } = response;
  const invalid = (): RerankError =>
    rerankError("server", "The answer is no ranking of the documents that were sent.", {
      status,
      code: "invalid_response",
      requestId,
    });
  if (!Array.isArray(answer?.results)) throw invalid();
  const results = answer.results.map((result): RankedDocument<Document> => {
    const { index, relevance_score: score, tokens, truncated, window } = result;
    if (!(index in documents) || typeof score !== "number") throw invalid();
    const document = documents[index]!;
    return { document, index, score, ...omitUndefined({ tokens, truncated, window }) };
  });
  return {
    reranked: true,
    results,
    model: answer.model ?? "",
    usage: { totalTokens: answer.usage?.total_tokens ?? 0 },
    servedBy: headers.get("x-rerank-served-by") ?? undefined,
    routeReason: headers.get("x-rerank-route-reason") ?? undefined,
    requestId,
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

function nothingToRank<Document>(): WithResponse<RerankResponse<Document>> {
  const data: RerankResponse<Document> = {
    reranked: true,
    results: [],
    model: "",
    usage: { totalTokens: 0 },
    servedBy: undefined,
    routeReason: undefined,
    requestId: undefined,
  };
  return { data, response: new Response(null, { status: 204 }), requestId: undefined };
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
