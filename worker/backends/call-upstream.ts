import { post, type PostRequest, type Received } from "./post.ts";

/**
 * Posts JSON to an upstream; the answer with its JSON, or why there is none. Never throws.
 *
 * Statuses are not judged here, except that an answer of status 200 has JSON or is a failure.
 *
 * @param request - Its body is JSON.
 * @param signal - Ends the call; the failure is then "aborted".
 */
export async function callUpstream(request: PostRequest, signal: AbortSignal): Promise<Received> {
  const received = await post(
    {
      ...request,
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
