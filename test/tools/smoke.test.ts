import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { runTool, type ToolResult } from "./run-tool.ts";

const KEY = "a-key";

const INFO = {
  version: "1.0.0",
  model: "mine",
  head: "sequence-classification",
  labels: ["LABEL_0"],
};

interface StubAnswer {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

const ranking = (...order: number[]): StubAnswer => ({
  body: {
    results: order.map((index, place) => ({ index, relevance_score: 0.9 - place / 10 })),
  },
});

/** What a service answers that is as it should be. */
const RIGHT: Readonly<Record<string, StubAnswer>> = {
  "/health": { body: { status: "ok" } },
  "/ready": { body: { status: "ready", model: "mine", deployment: "v1" } },
  "/info": { body: INFO },
  "/v1/rerank": ranking(2, 3, 0, 1),
  "/score": { body: [{ label: "LABEL_0", score: 0.7 }] },
  "/playground": { body: "<html>", headers: { "content-security-policy": "default-src 'self'" } },
};

const CLOSED = new Set(["/v1/rerank", "/score"]);

let server: Server | undefined;
afterEach(() => server?.close());

/** A service that answers as {@link RIGHT} but for some paths, and takes one key. */
async function smoke(
  wrong: Record<string, StubAnswer>,
  argv: string[] = [],
  isOpen = false,
): Promise<ToolResult & { asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  server = createServer((request, response) => {
    asked.push(request);
    const path = request.url ?? "";
    const isRefused =
      !isOpen && CLOSED.has(path) && request.headers.authorization !== `Bearer ${KEY}`;
    const {
      status = 200,
      headers = {},
      body,
    }: StubAnswer = isRefused
      ? { status: 401, body: { code: "unauthorized", message: "no key" } }
      : ({ ...RIGHT, ...wrong }[path] ?? { status: 404, body: {} });
    response.writeHead(status, { "x-request-id": "1", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const result = await runTool(["smoke", `http://127.0.0.1:${port}`, "--wait", "0", ...argv], {
    RERANK_API_KEY: KEY,
  });
  return { ...result, asked };
}

test("a service as it should be passes, and its key is not printed", async () => {
  const { exitCode, out, err } = await smoke({});
  expect([exitCode, err]).toEqual([0, ""]);
  expect(out.match(/^ok /gm)).toHaveLength(7);
  expect(out).not.toContain(KEY);
});

test("one version is asked for by its id in every request", async () => {
  const argv = ["--worker", "rerank", "--version", "v1"];
  const { exitCode, asked } = await smoke({}, argv);
  expect(exitCode).toBe(0);
  for (const { headers } of asked)
    expect(headers["cloudflare-workers-version-overrides"]).toBe('rerank="v1"');
});

describe("it fails", () => {
  test.each<[string, Record<string, StubAnswer>, string]>([
    ["if it is not alive", { "/health": { status: 500, body: {} } }, "GET /health"],
    [
      "if it is not ready, and says why",
      { "/ready": { status: 503, body: { code: "not_ready", message: 'The check "logits"' } } },
      'The check "logits"',
    ],
    ["if the wrong document is first", { "/v1/rerank": ranking(1, 2, 0, 3) }, "document 1"],
    ["if a document is missing", { "/v1/rerank": ranking(2, 3) }, "no ranking"],
    ["if there is no score", { "/score": { body: [] } }, "one row"],
    ["if it ranks badly in form", { "/v1/rerank": { status: 500, body: {} } }, "500 and not 200"],
    ["if its page has no policy", { "/playground": { body: "" } }, "no policy"],
  ])("%s", async (_, wrong, says) => {
    const { exitCode, out, err } = await smoke(wrong);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^FAILED/m);
    expect(out).toContain(says);
    expect(err).toMatch(/^smoke: not as it should be/);
  });

  test("if another version answers", async () => {
    const { exitCode, out } = await smoke({}, ["--worker", "rerank", "--version", "v2"]);
    expect([exitCode, out]).toEqual([1, expect.stringContaining("the version v1 answers")]);
  });

  test("if it takes requests without a key", async () => {
    const { exitCode, out } = await smoke({}, [], true);
    expect([exitCode, out]).toEqual([1, expect.stringContaining("and not with 401")]);
  });

  test("with the wrong key, saying so", async () => {
    const { exitCode, out } = await smoke({}, ["--key", "another"]);
    expect([exitCode, out]).toEqual([1, expect.stringContaining("give a key")]);
  });

  test("if nobody answers", async () => {
    const { exitCode, out } = await runTool(["smoke", "http://127.0.0.1:1", "--wait", "0"]);
    expect([exitCode, out]).toEqual([1, expect.stringContaining("no answer")]);
  });
});

test("a classifier is not asked to rank", async () => {
  const info = { ...INFO, head: "token-classification", labels: ["O", "B-PER"] };
  const refusal = { status: 424, body: { code: "not_a_ranker" } };
  expect(await smoke({ "/info": { body: info }, "/v1/rerank": refusal })).toMatchObject({
    exitCode: 0,
  });
});

test.each([
  [["smoke"], "URL"],
  [["smoke", "rerank.dev"], "is no address"],
  [["smoke", "https://rerank.dev", "--version", "v1"], "belong together"],
])("a command line such as %j is refused", async (argv, says) => {
  const { exitCode, err } = await runTool(argv);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(says)]);
});
