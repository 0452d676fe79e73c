/** A service in this process, as the `fetch` of a client. */
import { RerankClient, type ClientOptions } from "../../sdk/index.ts";

/** What a client has sent. */
export interface Sent {
  method: string;
  url: string;
  headers: Headers;
  /** Parsed; undefined if there was none. */
  body: any;
  signal: AbortSignal;
}

/** What a request comes to: an answer, or the error that `fetch` has. */
export type Reply = (sent: Sent) => Response | Promise<Response>;

export interface Stub {
  client: RerankClient;
  /** In the order in which they came. */
  sent: Sent[];
}

/**
 * A client whose requests get these replies, one after the other; the last one goes on for ever.
 */
export function stubService(replies: Reply | readonly Reply[], options: ClientOptions = {}): Stub {
  const sent: Sent[] = [];
  const list = typeof replies === "function" ? [replies] : replies;
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { method = "GET", headers, body, signal } = init;
    const json = typeof body === "string" ? JSON.parse(body) : undefined;
    const one: Sent = {
      method,
      url,
      headers: new Headers(headers),
      body: json,
      signal: signal!,
    };
    sent.push(one);
    return list[Math.min(sent.length, list.length) - 1]!(one);
  };
  const client = new RerankClient({
    baseURL: "https://rerank.test",
    logLevel: "off",
    fetch,
    ...options,
  });
  return { client, sent };
}

/** A reply of a status, with a value as JSON or a text as it is. */
export function reply(
  status: number,
  body: unknown = {},
  headers: Record<string, string> = {},
): Reply {
  const isText = typeof body === "string";
  const type = isText ? "text/html" : "application/json";
  const text = isText ? body : JSON.stringify(body);
  return () => new Response(text, { status, headers: { "content-type": type, ...headers } });
}

/** Ranks as the service does: a document's score is the number in it, 0 without one, and equal scores keep the request's order. */
export const ranking: Reply = ({ body, headers }) => {
  const rankingOf = (documents: string[]) => ({
    id: "id-1",
    model: "m",
    results: documents
      .map((document, index) => ({
        index,
        relevance_score: Number(/[\d.]+/.exec(document)?.[0] ?? 0),
      }))
      .filter(({ relevance_score }) => relevance_score >= (body.min_score ?? 0))
      .toSorted((a, b) => b.relevance_score - a.relevance_score)
      .slice(0, body.top_n),
    usage: { prompt_tokens: documents.length, total_tokens: documents.length },
  });
  const answer = body.queries
    ? {
        object: "list",
        data: body.queries.map(() => rankingOf(body.documents)),
        usage: { total_tokens: body.queries.length * body.documents.length },
      }
    : rankingOf(body.documents);
  return Response.json(answer, {
    headers: {
      "x-request-id": "id-1",
      "x-rerank-served-by": headers.get("x-rerank-route") ?? "edge",
      "x-rerank-route-reason": "small",
    },
  });
};

/** Never answers; as the platform's `fetch`, it ends with its signal. */
export const hanging: Reply = ({ signal }) =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });

/** Breaks, as the platform's `fetch` does if there is no connection. */
export const unreachable: Reply = () => {
  throw new TypeError("fetch failed");
};

/** What a promise rejects with. */
export function failure(promise: PromiseLike<unknown>): Promise<any> {
  return Promise.resolve(promise).then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => error,
  );
}
