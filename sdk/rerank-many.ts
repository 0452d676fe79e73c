/** Any number of documents: split into requests, ranked a few at a time, merged into one ranking. */
import { invalidResponse, isRerankError, rerankError, type RerankError } from "./errors.ts";
import { inParallel } from "./in-parallel.ts";
import type { RequestOptions } from "./options.ts";
import { PartFeed } from "./part-feed.ts";
import {
  bodyOf,
  opening,
  RERANK_PATH,
  responseOf,
  unranked,
  withRoute,
  type RankedDocument,
  type RerankOptions,
  type RerankParams,
  type RerankResponse,
  type UnrankedResponse,
} from "./rerank.ts";
import { SERVICE_LIMITS, splitDocuments, type Span } from "./split-documents.ts";
import type { Transport } from "./transport.ts";
import type { RerankResponseBody } from "./wire.ts";

/**
 * How documents are split into requests. `timeout` and `maxRetries` are of each request, `totalTimeout` is of all together.
 *
 * Besides what is said here, a request has at most the service's 2,000,000 characters and 6 MiB; a single document over these is refused by
 * the service.
 */
export interface RerankManyOptions extends RequestOptions {
  /** Documents of a request, from 1 to 1,000. Default 500. */
  maxDocuments?: number | undefined;
  /**
   * Tokens of a request, query and documents, as estimated from their bytes in UTF-8: three a token, which is rather too many tokens than
   * too few. Infinity is unbounded. A service without a backend computes 2,000 to 3,000 a second and refuses requests over its limit
   * `maxEdgeTokens`, 65,536. Default 16,384.
   */
  maxTokens?: number | undefined;
  /** Requests that are under way at once, at least 1. Default 4. */
  concurrency?: number | undefined;
  /** Called after each part, with numbers of documents. What it throws ends the call. */
  onProgress?: ((progress: RerankProgress) => void) | undefined;
}

/** Numbers of documents. */
export interface RerankProgress {
  /** That are ranked. */
  done: number;
  total: number;
}

/**
 * The ranking of some of the documents, all of them with their index in the whole list: neither `topN` nor `minScore` is applied, as what
 * they cut off is known only when all parts are there.
 */
export interface RerankPart<Document> extends RerankResponse<Document>, RerankProgress {}

/** The merged ranking. */
export interface RerankManyResponse<Document> extends Pick<
  RerankResponse<Document>,
  "reranked" | "results" | "model" | "usage" | "servedBy"
> {
  /** Of all requests that gave a part, in the order of their documents. */
  requestIds: (string | undefined)[];
}

/**
 * A promise of the merged ranking, and its parts as they come. Both may be used, one after the other or one alone; the calls are made
 * either way, and once.
 *
 * Parts come in the order in which they were answered. Leaving the loop early ends the calls that are under way; who waits for the merged
 * ranking then gets an `AbortedError`. With `failOpen`, a failure's last part is the {@link UnrankedResponse} of the whole list.
 *
 * @example
 * ```ts
 * const call = client.rerankMany({ query, documents, topN: 10 });
 * for await (const { done, total, results } of call) show(`${done} of ${total}`, results.slice(0, 10));
 * const { results } = await call;
 * ```
 */
export type RerankManyCall<Response, Part> = Promise<Response> & AsyncIterable<Part>;

export function rerankMany<Document>(
  transport: Transport,
  params: RerankParams<Document>,
  options: RerankManyOptions,
): RerankManyCall<
  RerankManyResponse<Document> | UnrankedResponse<Document>,
  RerankPart<Document> | UnrankedResponse<Document>
> {
  const { documents, topN, failOpen } = params;
  const ending = new AbortController();
  const feed = new PartFeed<RerankPart<Document>>();
  const merged = rankParts(transport, params, options, ending, (part) => feed.push(part));
  const promise = (
    failOpen ? merged.catch((error: unknown) => unranked(documents, topN, opening(error))) : merged
  ).finally(() => feed.close());

  async function* parts(): AsyncGenerator<RerankPart<Document> | UnrankedResponse<Document>> {
    try {
      yield* feed.read();
      const response = await promise;
      if (!response.reranked) yield response;
    } finally {
      ending.abort();
    }
  }
  return Object.assign(promise, {
    [Symbol.asyncIterator]: () => {
      // The loop throws what went wrong, and perhaps nobody waits for the promise.
      promise.catch(() => {});
      return parts();
    },
  });
}

/** @param ending - Ends the calls that are under way. */
async function rankParts<Document>(
  transport: Transport,
  params: RerankParams<Document>,
  options: RerankManyOptions,
  ending: AbortController,
  onPart: (part: RerankPart<Document>) => void,
): Promise<RerankManyResponse<Document>> {
  const { maxDocuments = 500, maxTokens = 16_384, concurrency = 4, onProgress, signal } = options;
  wholeNumber("maxDocuments", maxDocuments, SERVICE_LIMITS.maxDocuments);
  // Neither is sent with a part, so that the service cannot refuse it.
  if (params.topN !== undefined) wholeNumber("topN", params.topN, Number.MAX_SAFE_INTEGER);
  if (params.minScore !== undefined) fraction("minScore", params.minScore);
  wholeNumber("concurrency", concurrency, Number.MAX_SAFE_INTEGER);
  const total = params.documents.length;
  const endsAtMs = Date.now() + transport.timeoutsOf(options).totalTimeout;
  // Here a document without a text is an error before the first call.
  const ask = asker(transport, params, (route) =>
    withRoute({ ...options, signal: ending.signal, totalTimeout: endsAtMs - Date.now() }, route),
  );
  const queue = splitDocuments(ask.texts, ask.rest, {
    maxDocuments,
    maxTokens,
    maxTokensPerDocument: params.maxTokensPerDocument ?? Infinity,
  });
  const parts = new Map<number, RerankResponse<Document>>();
  let first: RerankResponse<Document> | undefined;
  let done = 0;

  const rank = async (span: Span): Promise<void> => {
    let part = await ask.part(span, params.route);
    first ??= part;
    const { servedBy, model } = first;
    // Edge and backend may have two models, whose scores nobody can compare.
    if (part.servedBy !== servedBy && (servedBy === "edge" || servedBy === "backend"))
      part = await ask.part(span, servedBy);
    if (part.servedBy !== servedBy || part.model !== model) throw mixedScores(part);
    parts.set(span.start, part);
    done += span.end - span.start;
    onPart({ ...part, done, total });
    onProgress?.({ done, total });
  };
  await inParallel(queue, Math.min(concurrency, total), { ending, signal }, (span) =>
    rank(span).catch((error: unknown) => {
      throw inWhole(error, span);
    }),
  );
  return merge(parts, params);
}

/** What ranks a part of the documents, all of them. */
function asker<Document>(
  transport: Transport,
  params: RerankParams<Document>,
  optionsOf: (route: RerankOptions["route"]) => RequestOptions,
) {
  const { documents: texts, ...others } = bodyOf({
    ...params,
    topN: undefined,
    minScore: undefined,
  });
  const rest = { ...others, query: params.query };
  const part = async (
    { start, end }: Span,
    route: RerankOptions["route"],
  ): Promise<RerankResponse<Document>> => {
    const body = { ...rest, documents: texts.slice(start, end) };
    const sent = await transport.send<RerankResponseBody>(
      { method: "POST", path: RERANK_PATH, body },
      optionsOf(route),
    );
    const ranked = responseOf(sent.data, params.documents.slice(start, end), sent);
    if (new Set(ranked.results.map(({ index }) => index)).size !== end - start)
      throw invalidResponse(
        "The answer lacks some of the documents that were sent: only a service that ranks all of them can be used.",
        sent.response,
      );
    const results = ranked.results.map((result) => ({ ...result, index: result.index + start }));
    return { ...ranked, results };
  };
  return { texts, rest, part };
}

function merge<Document>(
  parts: ReadonlyMap<number, RerankResponse<Document>>,
  { minScore = 0, rawScores, topN }: RerankOptions,
): RerankManyResponse<Document> {
  const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, part]) => part);
  const isEnough = ({ score }: RankedDocument<Document>): boolean =>
    (rawScores ? 1 / (1 + Math.exp(-score)) : score) >= minScore;
  const results = inOrder
    .flatMap((part) => part.results)
    .filter(isEnough)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, topN);
  return {
    reranked: true,
    results,
    model: inOrder[0]?.model ?? "",
    usage: { totalTokens: inOrder.reduce((sum, { usage }) => sum + usage.totalTokens, 0) },
    servedBy: inOrder[0]?.servedBy,
    requestIds: inOrder.map(({ requestId }) => requestId),
  };
}

/** The error of a part, whose documents have another index in the whole list. */
function inWhole(error: unknown, { start }: Span): unknown {
  if (!isRerankError(error) || start === 0) return error;
  const shift = (text: string): string =>
    text.replace(/\bdocuments\[(\d+)\]/g, (_, index) => `documents[${Number(index) + start}]`);
  const { kind, message, param, status, code, requestId, retryAfterMs, headers, cause } = error;
  const facts = { status, code, requestId, retryAfterMs, headers, cause };
  return rerankError(kind, shift(message), { ...facts, param: param && shift(param) });
}

function mixedScores({ requestId }: RerankResponse<unknown>): RerankError {
  return rerankError(
    "server",
    "Two models ranked parts of the documents, and their scores cannot be compared: choose one with model or route.",
    { code: "mixed_scores", requestId },
  );
}

function fraction(name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw rerankError("invalid_request", `${name} is ${value}, and must be a number from 0 to 1.`, {
    code: "invalid_option",
    param: name,
  });
}

function wholeNumber(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw rerankError(
    "invalid_request",
    `${name} is ${value}, and must be a whole number from 1 to ${most}.`,
    { code: "invalid_option", param: name },
  );
}
