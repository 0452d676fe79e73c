import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Fault } from "./fault.ts";
import { clientLeft } from "./hang-up.ts";

/** A call that the upstream got, `PUT /fault` excepted. Times are of `performance.now()`. */
export interface UpstreamCall {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** How many documents it asked to score; 0 until it has been read, and of calls that do not score or could not be understood. */
  readonly documents: number;
  /** The fault that struck it. */
  readonly fault: Fault["kind"] | undefined;
  /** When its headers had arrived. */
  readonly startedMs: number;
  /** When the answer was handed over whole or the connection was gone; undefined until then. */
  readonly endedMs: number | undefined;
  /** Whether the client left before the whole answer was sent. */
  readonly aborted: boolean;
  /** Bytes handed to the connection for its answer so far, headers included, what waits there to be read included. */
  readonly responseBytes: number;
}

/** The same while it is being answered. */
export type OpenCall = { -readonly [Key in keyof UpstreamCall]: UpstreamCall[Key] };

/** Starts the record of a call whose headers have arrived; its end is written by itself. */
export function recordCall(
  { method, headers, socket }: IncomingMessage,
  response: ServerResponse,
  path: string,
  fault: Fault["kind"] | undefined,
): OpenCall {
  const bytesBefore = socket.bytesWritten;
  let bytesAfter: number | undefined;
  const call: OpenCall = {
    method: method!,
    path,
    headers,
    documents: 0,
    fault,
    startedMs: performance.now(),
    endedMs: undefined,
    aborted: false,
    get responseBytes() {
      return (bytesAfter ?? socket.bytesWritten) - bytesBefore;
    },
  };
  response.once("close", () => {
    bytesAfter = socket.bytesWritten;
    call.endedMs = performance.now();
    call.aborted = clientLeft(response);
  });
  return call;
}
