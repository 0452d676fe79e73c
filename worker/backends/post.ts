/**
 * One request to an upstream and its answer, within bounds of time and size.
 *
 * Nothing of it outlives the call: no timer, no listener, no body that is left unread and holds one of a Worker's six connections.
 */
import type { ReceivedResponse } from "./backend.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

/** The global `fetch`, or that of a service binding, bound to it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface PostRequest {
  url: string;
  body: string;
  headers: Readonly<Record<string, string>>;
  /** Milliseconds until the last byte of the answer; at least 1. */
  timeoutMs: number;
  /** Bytes of the answer that are read at most, after decompression. */
  maxAnswerBytes: number;
  fetch: Fetch;
}

export type Received =
  | { ok: true; response: ReceivedResponse }
  | { ok: false; failure: UpstreamFailure };

/**
 * Posts a body and reads the answer, whatever its status, except that redirects are not followed. Never throws.
 *
 * JSON that is a string is parsed a second time, since an Azure ML script that returns `json.dumps(...)` answers that. Of a status other
 * than 200, a body that cannot be read to its end is undefined, as one that is not JSON: the status says enough.
 *
 * @param signal - Ends the call; the failure is then "aborted".
 */
export async function post(request: PostRequest, signal: AbortSignal): Promise<Received> {
  const { fetch, url, headers, body, timeoutMs, maxAnswerBytes } = request;
  if (signal.aborted) return failed({ kind: "aborted" });
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timer = setTimeout(end, timeoutMs);
  signal.addEventListener("abort", end);
  try {
    let response: Response;
    try {
      const method = "POST";
      const redirect = "manual";
      response = await fetch(url, { method, headers, body, redirect, signal: ending.signal });
    } catch {
      return failed(whyBroken());
    }
    const { status } = response;
    // 0: an opaque redirect, as browsers have it; workerd and Node tell the status.
    if (status === 0 || (status >= 300 && status < 400)) {
      discard(response);
      return failed({ kind: "redirect", status });
    }
    const text = await readText(response, maxAnswerBytes);
    if (text === "broken" && (status === 200 || signal.aborted)) return failed(whyBroken());
    if (text === "too_large" && status === 200)
      return failed({ kind: "too_large", maxBytes: maxAnswerBytes });
    const json = typeof text === "string" ? undefined : parse(text.value);
    return { ok: true, response: { status, headers: response.headers, body: json } };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }

  function whyBroken(): UpstreamFailure {
    if (signal.aborted) return { kind: "aborted" };
    return ending.signal.aborted ? { kind: "timeout", timeoutMs } : { kind: "unreachable" };
  }
}

async function readText(
  response: Response,
  maxBytes: number,
): Promise<{ value: string } | "too_large" | "broken"> {
  if (response.body === null) return { value: "" };
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const decoder = new TextDecoder();
  let value = "";
  let bytes = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      bytes += read.value.length;
      if (bytes > maxBytes) {
        reader.cancel().catch(() => {});
        return "too_large";
      }
      value += decoder.decode(read.value, { stream: true });
    }
  } catch {
    return "broken";
  }
  return { value: value + decoder.decode() };
}

/** Ends a body that nobody reads. That it has broken already is no news. */
function discard(response: Response): void {
  response.body?.cancel().catch(() => {});
}

/** Undefined if it is not JSON. */
function parse(text: string): unknown {
  const value = parseOnce(text);
  return typeof value === "string" ? (parseOnce(value) ?? value) : value;
}

function parseOnce(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failed(failure: UpstreamFailure): Received {
  return { ok: false, failure };
}
