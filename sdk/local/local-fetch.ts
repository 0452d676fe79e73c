import type { Fetch } from "../options.ts";
import type { LocalHost } from "./local-host.ts";

/** A client's `fetch` that is answered here, as the service would answer. */
export function localFetch(host: () => Promise<LocalHost>): Fetch {
  return async (url, { method = "GET", body, signal }) => {
    const ending = signal ?? new AbortController().signal;
    const answered = host().then((ready) => {
      const path = new URL(url).pathname;
      return ready.answer({ method, path, body: (body as string | undefined) ?? "" }, ending);
    });
    const answer = await unlessAborted(answered, ending);
    return new Response(answer.body, {
      status: answer.status,
      headers: {
        "content-type": "application/json",
        "x-request-id": crypto.randomUUID(),
        "x-rerank-served-by": "local",
        "x-rerank-route-reason": "local",
      },
    });
  };
}

/** Rejects as soon as the signal is aborted, whatever becomes of the promise. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
