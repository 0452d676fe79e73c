/** The platform's own fetch against a server of this process. */
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { RerankClient } from "../../sdk/index.ts";
import { answerWith, localServer } from "../worker-unit/backends/local-server.ts";
import { failure } from "./stub-service.ts";

const server = localServer();

beforeEach(() => void (server.requests.length = 0));

const PARAMS = { query: "¿q?", documents: ["a", "b"] };
const RANKED = { model: "m", results: [{ index: 1, relevance_score: 0.5 }] };

function clientOf(options: ConstructorParameters<typeof RerankClient>[0] = {}) {
  return new RerankClient({ baseURL: server.url, logLevel: "off", ...options });
}

test("a ranking goes over the wire and back", async () => {
  server.answer = answerWith(200, RANKED, { "x-request-id": "r" });
  const answer = await clientOf({ apiKey: "k" }).rerank(PARAMS);
  expect(answer).toMatchObject({ results: [{ document: "b", score: 0.5 }], requestId: "r" });
  expect(server.requests).toMatchObject([
    {
      method: "POST",
      url: "/v2/rerank",
      headers: { authorization: "Bearer k", "content-type": "application/json" },
      body: '{"documents":["a","b"],"query":"¿q?"}',
    },
  ]);
});

test("an answer that is cut off in its body is tried again", async () => {
  let calls = 0;
  server.answer = (response) => {
    if (calls++ > 0) return answerWith(200, RANKED)(response);
    response.writeHead(200, { "content-length": "100" });
    response.write('{"results":', () => response.destroy());
  };
  expect((await clientOf().rerank(PARAMS)).reranked).toBe(true);
  expect(server.requests).toHaveLength(2);
});

test("a port that nobody listens on is a ConnectionError", async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const client = clientOf({ baseURL: `http://127.0.0.1:${port}`, maxRetries: 0 });
  expect(await failure(client.rerank(PARAMS))).toMatchObject({ kind: "connection" });
});

test.each(["timeout", "signal"])("a call that is ended by its %s hangs up", async (by) => {
  let began!: () => void;
  const open = new Promise<void>((resolve) => (began = resolve));
  server.answer = (response) => {
    response.writeHead(200);
    response.write('{"results":', began);
  };
  const controller = new AbortController();
  const options = { maxRetries: 0, signal: controller.signal };
  const timeout = by === "timeout" ? 200 : 60_000;
  const failed = failure(clientOf().rerank(PARAMS, { ...options, timeout }));
  await open;
  if (by === "signal") controller.abort();
  expect((await failed).kind).toBe(by === "signal" ? "aborted" : "timeout");
  for (let turn = 0; server.open.size > 0 && turn < 200; turn++) await sleep(10);
  expect(server.open.size).toBe(0);
});
