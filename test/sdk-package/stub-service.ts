/** A rerank service in miniature, for the package's own checks: a document's score is the share of the query's words that it has. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { stubJobs } from "./stub-jobs.ts";

export interface StubRequest {
  path: string;
  headers: IncomingMessage["headers"];
  /** Undefined of a GET, and of what is no JSON. */
  body: Record<string, unknown> | undefined;
}

/** An answer in place of the stub's own; undefined leaves it to the stub. "hang" gives none. */
export type StubOverride = (
  request: StubRequest,
) => { status: number; body: unknown } | "hang" | undefined;

export interface StubService {
  url: string;
  /** In the order in which they came. */
  requests: StubRequest[];
  close(): Promise<void>;
}

/** @param override - Asked first, for each request. */
export async function startStubService(
  override: StubOverride = () => undefined,
): Promise<StubService> {
  const requests: StubRequest[] = [];
  const answerJobs = stubJobs(overlap);
  const jobAnswer = async ({ method = "GET", url = "" }: IncomingMessage, text: string) => {
    const response = await answerJobs(method, url, text);
    return response && { status: response.status, body: await response.text() };
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const request: StubRequest = {
      path: incoming.url ?? "",
      headers: incoming.headers,
      body: incoming.headers["content-type"]?.includes("json")
        ? (JSON.parse(text) as Record<string, unknown>)
        : undefined,
    };
    requests.push(request);
    const given = override(request) ?? (await jobAnswer(incoming, text)) ?? ownAnswer(request);
    if (given === "hang") return;
    outgoing.writeHead(given.status, {
      "content-type": "application/json",
      "x-request-id": `stub-${requests.length}`,
      "x-rerank-served-by": "edge",
    });
    outgoing.end(typeof given.body === "string" ? given.body : JSON.stringify(given.body));
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function ownAnswer({ path, body }: StubRequest): { status: number; body: unknown } {
  if (path === "/v2/rerank") return { status: 200, body: rankingOf(body ?? {}) };
  if (path === "/score") return { status: 200, body: rowsOf(body ?? {}) };
  if (path === "/info") return { status: 200, body: INFO };
  return { status: 404, body: { code: "not_found", message: "There is no such path." } };
}

const INFO = {
  version: "1.2.3",
  model: "stub",
  models: ["stub"],
  labels: ["LABEL_0"],
  maxSeqLength: 512,
  limits: { maxDocuments: 1000 },
  routing: { rule: "Every request is computed here." },
};

function rankingOf(body: Record<string, unknown>) {
  const { query, documents, top_n, min_score } = body as {
    query: string;
    documents: string[];
    top_n?: number;
    min_score?: number;
  };
  const results = documents
    .map((document, index) => ({ index, relevance_score: overlap(query, document) }))
    .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
    .filter(({ relevance_score }) => relevance_score >= (min_score ?? 0))
    .slice(0, top_n);
  const total_tokens = documents.length * 4;
  return { id: "stub", model: "stub", results, usage: { total_tokens } };
}

/** Of generations A and B the label with its score, of C a list of labels. */
function rowsOf({ inputs, input_data }: Record<string, unknown>): unknown[] {
  if (Array.isArray(input_data))
    return input_data.map((text) => [{ label: "POSITIVE", score: String(text).length / 100 }]);
  const columns = Object.values((inputs ?? input_data) as Record<string, string[]>);
  return columns[0]!.map((_, row) => ({
    "0": columns.length === 2 ? "PAIR" : "TEXT",
    score: columns.at(-1)![row]!.length / 100,
  }));
}

function overlap(query: string, document: string): number {
  const words = query.toLowerCase().split(/\W+/);
  const found = words.filter((word) => document.toLowerCase().includes(word));
  return found.length / words.length;
}
