/** A server that gives every request the same answer. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: object;
}

/** What the service says to a key that it does not know. */
export const UNAUTHORIZED: Answer = {
  status: 401,
  body: { id: "r1", code: "unauthorized", message: "The key is not known here." },
};

/** What the service says when it has too much to do. */
export const OVERLOADED: Answer = {
  status: 429,
  headers: { "retry-after-ms": "1" },
  body: { id: "r2", code: "overloaded", message: "There is too much to do." },
};

/** An address where nobody listens. */
export const NOWHERE = "http://127.0.0.1:9";

/**
 * Runs a server for as long as it is used.
 * @param answer - "none" lets every request wait.
 * @returns how many requests there were
 */
export async function withServer(
  answer: Answer | "none",
  use: (url: string, nextRequest: () => Promise<unknown>) => Promise<void>,
): Promise<number> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    request.resume();
    if (answer === "none") return;
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(JSON.stringify(answer.body));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    const { port } = server.address() as AddressInfo;
    await use(`http://127.0.0.1:${port}`, () => once(server, "request"));
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return requests;
}
