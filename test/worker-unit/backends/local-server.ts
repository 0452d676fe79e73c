import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";

export interface LocalServer {
  /** Such as http://127.0.0.1:40123; known once the tests run. */
  url: string;
  /** What was asked, newest last. */
  requests: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[];
  /** Answers that are not finished and whose connection is open. */
  open: Set<ServerResponse>;
  /** How the next requests are answered. */
  answer: (response: ServerResponse, body: string) => void;
}

/** A server of this process for the tests of a file. */
export function localServer(): LocalServer {
  const local: LocalServer = { url: "", requests: [], open: new Set(), answer: () => {} };
  const server = createServer(async (request, response) => {
    local.open.add(response);
    response.on("close", () => local.open.delete(response));
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method = "", url = "", headers } = request;
    local.requests.push({ method, url, headers, body });
    local.answer(response, body);
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    local.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return local;
}

/** Answers with a status, headers and a text, or a value as JSON. */
export function answerWith(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(status, headers);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}
