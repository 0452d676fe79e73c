import { RerankError } from "../errors.ts";

/** How the AI SDK knows its own errors, in every copy and version of it: `AISDKError.hasMarker` of `@ai-sdk/provider`. */
const MARKERS = ["vercel.ai.error", "vercel.ai.error.AI_APICallError"].map((name) =>
  Symbol.for(name),
);

/**
 * A failed call as the AI SDK has it: its `APICallError.isInstance` and our `isRerankError` are both true of it. Its `cause` is the error
 * of the client.
 */
export class ApiCallError extends RerankError {
  /** The service's address. */
  readonly url: string;
  /** Of the request, what is no text of a user. */
  readonly requestBodyValues: unknown;
  readonly statusCode: number | undefined;
  /** Such as `retry-after`, which the AI SDK waits for. */
  readonly responseHeaders: Record<string, string> | undefined;
  /** Whether the AI SDK tries again; the same as `retryable`. */
  readonly isRetryable: boolean;

  constructor(error: RerankError, url: string, requestBodyValues: unknown) {
    super(error.kind, error.message, {
      status: error.status,
      code: error.code,
      param: error.param,
      requestId: error.requestId,
      retryAfterMs: error.retryAfterMs,
      headers: error.headers,
      cause: error,
    });
    // Not the class's: of a TimeoutError, the AI SDK would believe that the caller had ended the call.
    this.name = "AI_APICallError";
    this.url = url;
    this.requestBodyValues = requestBodyValues;
    this.statusCode = error.status;
    this.responseHeaders = error.headers && Object.fromEntries(error.headers);
    this.isRetryable = error.retryable;
    for (const marker of MARKERS) Object.defineProperty(this, marker, { value: true });
  }
}
