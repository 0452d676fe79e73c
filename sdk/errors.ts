/** What can go wrong with a call: one root, and a subclass for each thing that a caller can do about it. */
import { isRetryable } from "./retry.ts";

/** Facts of a failure; those that are not known are absent. */
export interface RerankErrorFacts {
  /** HTTP status; of an Azure ML endpoint that wraps its model's status into 424, the model's. */
  status?: number | undefined;
  /** Stable, for programs, such as `over_limit`. */
  code?: string | undefined;
  /** The offending part of the request, such as `documents[3].text`. */
  param?: string | undefined;
  /** The answer's `x-request-id`, which the service's log has, too. */
  requestId?: string | undefined;
  /** Milliseconds that the service asks to wait before another try. */
  retryAfterMs?: number | undefined;
  /** The answer's. */
  headers?: Headers | undefined;
  /** What the platform said: the error of `fetch`, or the signal's reason. */
  cause?: unknown;
}

/** What a caller can do, as a word: the same for every copy of this package. */
export type RerankErrorKind =
  | "invalid_request"
  | "authentication"
  | "overloaded"
  | "server"
  | "connection"
  | "timeout"
  | "aborted";

/** Marks errors of every copy and version of this package. */
const BRAND = Symbol.for("@x/rerank-sdk/error");

/**
 * Any failure of a call; {@link isRerankError} knows it across duplicate copies of this package, where `instanceof` does not.
 *
 * @example
 * ```ts
 * try {
 *   await client.rerank({ query, documents });
 * } catch (error) {
 *   if (!isRerankError(error)) throw error;
 *   console.error(error.message, error.code, error.requestId);
 *   if (error.retryable) scheduleAnotherTry(error.retryAfterMs ?? 60_000);
 * }
 * ```
 */
export class RerankError extends Error {
  /** What a caller can do about it; decides the class. */
  readonly kind: RerankErrorKind;
  /** HTTP status; undefined if there was no answer. Of an Azure ML endpoint that wraps its model's status into 424, the model's. */
  readonly status: number | undefined;
  /** Stable, for programs, such as `over_limit`; undefined if the service has none. */
  readonly code: string | undefined;
  /** The offending part of the request, such as `documents[3].text`. */
  readonly param: string | undefined;
  /** The answer's `x-request-id`, which the service's log has, too. */
  readonly requestId: string | undefined;
  /** Milliseconds that the service asks to wait before another try. */
  readonly retryAfterMs: number | undefined;
  /** The answer's. */
  readonly headers: Headers | undefined;
  /** Whether the same call may succeed later; the client has tried as often as it was allowed to. */
  readonly retryable: boolean;

  constructor(kind: RerankErrorKind, message: string, facts: RerankErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    // From the kind and not from the class, whose name a minifier changes.
    this.name = `${kind.replace(/(?:^|_)(.)/g, (_, first: string) => first.toUpperCase())}Error`;
    this.kind = kind;
    this.status = facts.status;
    this.code = facts.code;
    this.param = facts.param;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.headers = facts.headers;
    this.retryable = isRetryable(kind, facts);
    Object.defineProperty(this, BRAND, { value: kind });
  }
}

/** The request must be changed: 400, 404, 413, 415, 422 and the like. */
export class InvalidRequestError extends RerankError {}
/** The key is missing, wrong, or not allowed to do this: 401, 403. */
export class AuthenticationError extends RerankError {}
/** Too much is asked of the service now: 429, 503. Wait `retryAfterMs`. */
export class OverloadedError extends RerankError {}
/** The service failed, or its answer was none: other 5xx. */
export class ServerError extends RerankError {}
/** The service was not reached, or the connection broke. */
export class ConnectionError extends RerankError {}
/** There was no answer in time: the client's `timeout` or `totalTimeout`, or 408, 504 of the service. */
export class TimeoutError extends RerankError {}
/** The caller's `signal` ended the call; `cause` is the signal's reason. */
export class AbortedError extends RerankError {}

const CLASSES: Readonly<Record<RerankErrorKind, typeof RerankError>> = {
  invalid_request: InvalidRequestError,
  authentication: AuthenticationError,
  overloaded: OverloadedError,
  server: ServerError,
  connection: ConnectionError,
  timeout: TimeoutError,
  aborted: AbortedError,
};

/** An error of the class that belongs to its kind. */
export function rerankError(
  kind: RerankErrorKind,
  message: string,
  facts?: RerankErrorFacts,
): RerankError {
  return new CLASSES[kind](kind, message, facts);
}

/** What a caller can do about a status that is no success. */
export function kindOf(status: number): RerankErrorKind {
  if (status === 401 || status === 403) return "authentication";
  if (status === 429 || status === 503) return "overloaded";
  if (status === 408 || status === 504) return "timeout";
  return status >= 500 ? "server" : "invalid_request";
}

/**
 * Whether an error is one of this package, also of another copy of it.
 *
 * @param kind - Only of this kind. Default: any.
 * @example
 * ```ts
 * if (isRerankError(error, "overloaded")) await sleep(error.retryAfterMs ?? 1_000);
 * ```
 */
export function isRerankError(error: unknown, kind?: RerankErrorKind): error is RerankError {
  if (typeof error !== "object" || error === null) return false;
  const own = (error as Record<symbol, unknown>)[BRAND];
  return own !== undefined && (kind === undefined || own === kind);
}

/** The error of an answer of status 200 that is not what was asked for. */
export function invalidResponse(
  message: string,
  { status, headers }: Response,
  cause?: unknown,
): RerankError {
  return rerankError("server", message, {
    status,
    headers,
    code: "invalid_response",
    requestId: requestIdOf(headers),
    cause,
  });
}

/** The service's id of a request; Azure has two names for it. */
export function requestIdOf(headers: Headers): string | undefined {
  return headers.get("x-request-id") ?? headers.get("x-ms-request-id") ?? undefined;
}
