/** What a backend is: an upstream that scores pairs, how it is called, and what it bears. */
import type { UpstreamAnswer, UpstreamProtocol } from "../protocols/upstream-protocol.ts";
import type { TraceContext } from "../observe/trace-context.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

export interface Backend {
  /** Tells backends of an isolate apart, such as `tei http://127.0.0.1:9001`; never holds a secret. */
  id: string;
  protocol: UpstreamProtocol;
  /** Name under which it knows its model; undefined: its default. */
  model: string | undefined;
  limits: BackendLimits;
  /** One call: a body to the answer or the failure. Never throws. */
  send(body: object, context: CallContext): Promise<UpstreamResult>;
}

export interface BackendLimits {
  /** Pairs of one call at most. */
  maxDocuments: number;
  /** Tokens of one call at most, as `estimateTokens` counts them; a single pair may have more. */
  maxTokens: number;
  /** Calls of one request under way at once: 1 to 6, the connections that a Worker may have. */
  maxConcurrency: number;
  /** Milliseconds of one call. */
  timeoutMs: number;
  /** Further tries of a call that failed, 0 to 10. */
  maxRetries: number;
  /** Whether a call that takes longer than the observed 95th percentile gets a second copy. */
  hedge: boolean;
}

export interface CallContext {
  /** Ends the call: the client is gone, the deadline is over, or the other parts have failed. */
  signal: AbortSignal;
  /** Milliseconds until the request's deadline. */
  remainingMs: number;
  requestId: string;
  trace: TraceContext;
}

export type UpstreamResult =
  | { ok: true; value: UpstreamAnswer }
  | { ok: false; failure: UpstreamFailure };

/** What is particular to one kind of backend; one file each. */
export interface BackendKind {
  protocol: UpstreamProtocol;
  /** Bounds of a call unless the settings say otherwise. */
  maxDocuments: number;
  maxTokens: number;
  /** Further headers of a call. */
  headers?(context: {
    deployment: string | undefined;
    remainingMs: number;
  }): Record<string, string>;
  /** Last segments of an address that is whole, to which the protocol's path is not added. */
  wholeAddress?: readonly string[];
  /** What an answer really says, if an envelope hides it: Azure's 424, the status of the model behind it. */
  unwrap?(response: ReceivedResponse): ReceivedResponse;
}

/** A response whose body was read and, if it is JSON, parsed; undefined if it is not. */
export interface ReceivedResponse {
  status: number;
  headers: Headers;
  body: unknown;
}
