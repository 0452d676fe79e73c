/** What can go wrong with a call: one root, and a subclass for each thing that a caller can do about it. */

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
  headers?: Headers | undefined;
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

const NOT_RETRYABLE: readonly RerankErrorKind[] = ["invalid_request", "authentication", "aborted"];

/** Any failure of a call; {@link isRerankError} knows it across duplicate copies of this package, where `instanceof` does not. */
export class RerankError extends Error {
  readonly kind: RerankErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly param: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly headers: Headers | undefined;
  /** Whether the same call may succeed later; the client has tried as often as it was allowed to. */
  readonly retryable: boolean;

  constructor(
    kind: RerankErrorKind,
    message: string,
    { status, code, param, requestId, retryAfterMs, headers, cause }: RerankErrorFacts = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.kind = kind;
    this.status = status;
    this.code = code;
    this.param = param;
    this.requestId = requestId;
    this.retryAfterMs = retryAfterMs;
    this.headers = headers;
    this.retryable = status === 409 || !NOT_RETRYABLE.includes(kind);
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
/** The caller's `signal` ended the call. */
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
 * @param kind - Only of this kind. Default: any.
 */
export function isRerankError(error: unknown, kind?: RerankErrorKind): error is RerankError {
  if (typeof error !== "object" || error === null) return false;
  const own = (error as Record<symbol, unknown>)[BRAND];
  return own !== undefined && (kind === undefined || own === kind);
}
