import { post, type PostRequest, type Received } from "./post.ts";

export interface UpstreamRequest extends Omit<PostRequest, "body"> {
  /** Sent as JSON. */
  body: object;
}

/**
 * Posts JSON to an upstream; the answer with its JSON, or why there is none. Never throws.
 *
 * Statuses are not judged here, except that an answer of status 200 has JSON or is a failure.
 *
 * @param signal - Ends the call; the failure is then "aborted".
 */
export async function callUpstream(
  request: UpstreamRequest,
  signal: AbortSignal,
): Promise<Received> {
  const received = await post(
    {
      ...request,
      body: JSON.stringify(request.body),
      headers: {
        ...request.headers,
        "content-type": "application/json",
        accept: "application/json",
      },
    },
    signal,
  );
  if (!received.ok || received.response.status !== 200) return received;
  return received.response.body === undefined
    ? { ok: false, failure: { kind: "not_json" } }
    : received;
}
