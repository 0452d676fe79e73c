/** The middleware of our SDK for Hono: in Node, and in workerd with a service binding. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Hono } from "hono";
import { createTestHarness } from "wrangler";
import { rerank, type RerankMiddlewareOptions } from "../../../sdk/hono.ts";
import { isRerankError, type RerankClient, type RerankResponse } from "../../../sdk/index.ts";
import { checkRanking, DOCUMENTS, QUERY } from "../example.ts";
import { SERVICE_URL } from "../service.ts";
import { NOWHERE, UNAUTHORIZED, withServer } from "./one-answer-server.ts";

/** What a request's client was, and what came of its call. */
interface Seen {
  client?: RerankClient;
  error?: unknown;
}

/** An app that ranks with the client that it is given, and what it has seen last. */
function appOf(options?: RerankMiddlewareOptions) {
  const seen: Seen = {};
  const app = new Hono<{ Bindings: Record<string, unknown> }>()
    .use(rerank({ maxRetries: 0, ...options }))
    .get("/", async (c) => {
      seen.client = c.var.rerank;
      const { results } = await c.var.rerank.rerank({ query: QUERY, documents: DOCUMENTS });
      return c.json(results);
    });
  app.onError((error, c) => {
    seen.error = error;
    return c.text("failed", 500);
  });
  const ask = async (env?: Record<string, unknown>): Promise<RerankResponse<string>["results"]> => {
    const response = await app.request("/", {}, env);
    if (!response.ok) throw seen.error;
    return response.json() as Promise<RerankResponse<string>["results"]>;
  };
  return { ask, seen };
}

/** A binding to the service, and what it was sent. */
function bindingTo(url: string) {
  const sent: { url: string; authorization: string | null }[] = [];
  const fetchService = (address: string, init: RequestInit): Promise<Response> => {
    const { pathname } = new URL(address);
    const authorization = new Headers(init.headers).get("authorization");
    sent.push({ url: address, authorization });
    return fetch(url + pathname, init);
  };
  return { binding: { fetch: fetchService }, sent };
}

test("ranks at the address of a variable, with the key of a secret", async () => {
  const keys: (string | null)[] = [];
  const onRequest = ({ headers }: { headers: Headers }) =>
    void keys.push(headers.get("authorization"));
  const { ask } = appOf({ onRequest });
  checkRanking(await ask({ RERANK_BASE_URL: SERVICE_URL, RERANK_API_KEY: "k1" }));
  const named = appOf({ onRequest, baseURLVariable: "WHERE", apiKeySecret: "KEY" });
  checkRanking(await named.ask({ WHERE: SERVICE_URL, KEY: "k2", RERANK_BASE_URL: NOWHERE }));
  assert.deepEqual(keys, ["Bearer k1", "Bearer k2"]);
});

test("options come before variables, and do without an environment", async () => {
  const { ask } = appOf({ baseURL: SERVICE_URL });
  checkRanking(await ask());
  checkRanking(await ask({ RERANK_BASE_URL: NOWHERE }));
});

test("a service binding comes before addresses, under its default name or another", async () => {
  const { binding, sent } = bindingTo(SERVICE_URL);
  const env = { RERANK_BASE_URL: NOWHERE, RERANK_API_KEY: "k1" };
  checkRanking(await appOf().ask({ ...env, RERANK: binding }));
  checkRanking(await appOf({ binding: "RANKER" }).ask({ ...env, RANKER: binding }));
  const request = { url: "https://localhost/v2/rerank", authorization: "Bearer k1" };
  assert.deepEqual(sent, [request, request]);
});

test("one client while the environment says the same, another when it does not", async () => {
  const { ask, seen } = appOf();
  const clientOf = async (env: Record<string, unknown>): Promise<RerankClient> => {
    await ask(env);
    return seen.client!;
  };
  const { binding } = bindingTo(SERVICE_URL);
  const first = await clientOf({ RERANK_BASE_URL: SERVICE_URL });
  assert.equal(await clientOf({ RERANK_BASE_URL: SERVICE_URL }), first);
  const others = [
    { RERANK_BASE_URL: `${SERVICE_URL}/` },
    { RERANK_BASE_URL: SERVICE_URL, RERANK_API_KEY: "k1" },
    { RERANK: binding },
  ];
  for (const env of others) assert.notEqual(await clientOf(env), first);
});

test("errors reach the app's onError: no address, nobody there, 401", async () => {
  await assert.rejects(appOf().ask({ RERANK: "no binding" }), (error) => {
    assert.ok(isRerankError(error, "invalid_request"));
    assert.match(error.message, /service binding RERANK nor an address in RERANK_BASE_URL/);
    return error.code === "no_base_url";
  });
  await assert.rejects(appOf({ baseURL: NOWHERE }).ask(), (error) =>
    isRerankError(error, "connection"),
  );
  await withServer(UNAUTHORIZED, async (baseURL) => {
    await assert.rejects(appOf({ baseURL }).ask(), (error) =>
      isRerankError(error, "authentication"),
    );
  });
});

test("in workerd: two requests by a service binding, one client", async () => {
  const worker = (name: string, file: string, more: object) => ({
    config: {
      name,
      main: join(import.meta.dirname, file),
      compatibility_date: "2026-11-01",
      ...more,
    },
  });
  const server = createTestHarness({
    workers: [
      worker("app", "hono-worker.ts", { services: [{ binding: "RERANK", service: "service" }] }),
      worker("service", "forwarding-worker.ts", { vars: { SERVICE_URL } }),
    ],
  });
  const { url } = await server.listen();
  try {
    const body = JSON.stringify({ query: QUERY, documents: DOCUMENTS });
    for (const isSame of [false, true]) {
      const response = await fetch(url, { method: "POST", body });
      const answer = (await response.json()) as { results: []; isSame: boolean };
      checkRanking(answer.results);
      assert.equal(answer.isSame, isSame);
    }
  } finally {
    await server.close();
  }
});
