/** How services are asked to rerank: one entry a wire protocol. */

/** What a request asks for. */
export interface WireRequest {
  query: string;
  documents: readonly string[];
  /** Sent where the protocol has a place for it. */
  model: string | undefined;
}

export interface Protocol {
  /** Added to the address unless it ends in a rerank path already. */
  path: string;
  /** Most documents of a request; a service may say another number, see {@link limit}. */
  maxDocuments: number;
  /** Where the service says its own limit, and under which key of the JSON object there. */
  limit?: { path: string; key: string };
  body: (request: WireRequest) => unknown;
  /** The rows of an answer, each with the document's place in the request; undefined if it has another form. */
  rows: (answer: unknown) => readonly unknown[] | undefined;
  /** The row's key of the score. */
  scoreKey: string;
}

const cohere: Protocol = {
  path: "/v2/rerank",
  maxDocuments: 1_000,
  body: ({ query, documents, model }) => ({
    ...(model !== undefined && { model }),
    query,
    documents,
    top_n: documents.length,
  }),
  rows: (answer) => listIn(answer, "results"),
  scoreKey: "relevance_score",
};

export const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  cohere,
  /** Also that of this project's service, Infinity, vLLM and most others. */
  jina: { ...cohere, path: "/v1/rerank" },
  tei: {
    path: "/rerank",
    maxDocuments: 32,
    limit: { path: "/info", key: "max_client_batch_size" },
    body: ({ query, documents }) => ({ query, texts: documents, truncate: true }),
    rows: (answer) => (Array.isArray(answer) ? answer : undefined),
    scoreKey: "score",
  },
};

function listIn(answer: unknown, key: string): readonly unknown[] | undefined {
  const list: unknown =
    typeof answer === "object" && answer !== null && (answer as Record<string, unknown>)[key];
  return Array.isArray(list) ? list : undefined;
}
