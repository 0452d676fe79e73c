/** Keys over HTTP: what each route asks of its callers, by the API's description, and what callers see of one another. */
import { beforeAll, describe, expect, test } from "vitest";
import { RerankClient } from "../../sdk/index.ts";
import { makeApiKey } from "../../worker/auth/api-key.ts";
import { SCOPES, type Scope } from "../../worker/auth/scope.ts";
import type { Failure } from "../../worker/errors.ts";
import { publicError } from "../../worker/public-error.ts";
import { LIMITS } from "../../worker/limits.ts";
import { OPERATIONS } from "../../worker/openapi/document.ts";
import type { Operation } from "../../worker/openapi/operation.ts";
import { testKey } from "../auth/keys.ts";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { useService } from "./service.ts";

const shop = testKey("shop", { scopes: ["rerank", "jobs"] });
const shopNext = testKey("shop", { scopes: ["rerank", "jobs"] });
const office = testKey("office", { scopes: ["rerank", "jobs"] });
const expired = testKey("expired", { expiresAt: "2026-01-02T00:00:00.000Z" });
const web = testKey(
  "web",
  { scopes: ["rerank", "score"], origins: ["https://a.example"] },
  "publishable",
);
const stored = testKey("stored");
const byScope = new Map(SCOPES.map((scope) => [scope, testKey(scope, { scopes: [scope] })]));

const records = [shop, shopNext, office, expired, web, ...byScope.values()];

const service = useService(
  {
    RERANK_AUTH: "",
    CORS_ALLOWED_ORIGINS: "https://a.example",
    RERANK_API_KEYS: records.map(({ record }) => JSON.stringify(record)).join("\n"),
  },
  packedFolder(syntheticModel(SMALL_SHAPE)),
);

beforeAll(async () => {
  const { KEYS } = await service.bindings<{ KEYS: KVNamespace }>();
  await KEYS.put(`key:${stored.record.sha256}`, JSON.stringify(stored.record));
});

/** By what a route is for, and not by the service's own table. */
function scopeOf({ path, method }: Operation): Scope | undefined {
  if (method === "options") return undefined;
  if (/^\/(files|jobs)\b/.test(path)) return "jobs";
  if (/\/(rerank|ranking)$/.test(path)) return "rerank";
  if (/\/(score|predict|tokenize)$/.test(path)) return "score";
  return path === "/metrics" ? "metrics" : undefined;
}

const guarded = OPERATIONS.flatMap((operation) => {
  const scope = scopeOf(operation);
  return scope === undefined ? [] : [{ ...operation, scope }];
});
const open = OPERATIONS.filter((operation) => scopeOf(operation) === undefined);

function call(operation: Operation, headers: Record<string, string> = {}): Promise<Response> {
  const path = operation.path.replaceAll(/\{\w+\}/g, "none");
  const hasBody = operation.method === "post" || operation.method === "put";
  return service.fetch(path, {
    method: operation.method.toUpperCase(),
    headers: { "content-type": "application/json", ...headers },
    ...(hasBody && { body: "{}" }),
  });
}

/** In the form that the route's protocol has for errors. */
async function expectRefusal(response: Response, operation: Operation, failure: Failure) {
  const error = publicError(failure);
  expect(response.status).toBe(error.status);
  const challenge = error.status === 401 ? 'Bearer realm="rerank"' : null;
  expect(response.headers.get("www-authenticate")).toBe(challenge);
  const id = response.headers.get("x-request-id")!;
  const bodies = operation.errors.map(({ errorBody }) => errorBody(error, id, failure));
  expect(bodies).toContainEqual(await response.json());
}

describe.each(guarded)("$method $path", (operation) => {
  const { scope } = operation;
  const right = byScope.get(scope)!.key;

  test("refuses who has no key, and names none", async () => {
    const failure: Failure = { kind: "missing_api_key" };
    await expectRefusal(await call(operation), operation, failure);
    await expectRefusal(await call(operation, { authorization: "Bearer " }), operation, failure);
  });

  test("refuses a key that it does not know, one of no form, an old one, and two", async () => {
    const refusals: [Record<string, string>, Failure][] = [
      [{ "api-key": makeApiKey("secret") }, { kind: "unknown_api_key", isMistyped: false }],
      [{ "x-api-key": "rk_none" }, { kind: "unknown_api_key", isMistyped: true }],
      [{ "api-key": expired.key }, { kind: "expired_api_key" }],
      [{ authorization: `Bearer ${right}`, "api-key": "another" }, { kind: "several_api_keys" }],
    ];
    for (const [headers, failure] of refusals)
      await expectRefusal(await call(operation, headers), operation, failure);
  });

  test("refuses a right key of any other scope", async () => {
    for (const [other, { key }] of byScope) {
      if (other === scope) continue;
      const response = await call(operation, { "api-key": key });
      await expectRefusal(response, operation, { kind: "missing_scope", scope });
    }
  });

  test.each([["authorization", "Bearer "] as const, ["api-key", ""], ["x-api-key", ""]] as const)(
    "lets in who sends a right key as %s",
    async (name, before) => {
      const response = await call(operation, { [name]: before + right });
      await response.body?.cancel();
      expect([401, 403, 500, 503]).not.toContain(response.status);
    },
  );
});

describe.each(open)("$method $path", (operation) => {
  test("asks nobody for a key", async () => {
    const response = await call(operation, { "api-key": "whatever" });
    expect(response.status).toBeLessThan(400);
  });
});

test("the page of the API's description and the playground are public", async () => {
  for (const path of ["/openapi.json", "/docs", "/playground"])
    expect((await service.fetch(path)).status, path).toBe(200);
});

test("HEAD is guarded as GET is, and a wrong method is told without a key", async () => {
  expect((await service.fetch("/jobs", { method: "HEAD" })).status).toBe(401);
  expect((await service.fetch("/metrics", { method: "HEAD" })).status).toBe(401);
  expect((await service.fetch("/v1/rerank", { method: "PUT" })).status).toBe(405);
});

test("who has no key is refused before the body is read", async () => {
  const body = ["x".repeat(7 * 1024 * 1024)];
  expect((await service.post("/v1/rerank", body)).status).toBe(401);
  expect((await service.post("/v1/rerank", body, { "api-key": shop.key })).status).toBe(413);
});

test("the SDK sends a key as the service wants it, and tells what is wrong with one", async () => {
  const clientOf = (apiKey: string) =>
    new RerankClient({
      baseURL: "http://service.test",
      apiKey,
      logLevel: "off",
      fetch: (url, init) => service.fetch(new URL(url).pathname, init),
    });
  const params = { query: "a", documents: ["b"] };
  expect((await clientOf(shop.key).rerank(params)).results).toHaveLength(1);
  const errorOf = (apiKey: string) =>
    clientOf(apiKey)
      .rerank(params)
      .then(String, (error) => error);
  const kind = "authentication";
  expect(await errorOf("")).toMatchObject({ kind, status: 401, code: "missing_api_key" });
  expect(await errorOf("rk_x")).toMatchObject({ kind, status: 401, code: "unknown_api_key" });
  const { key } = byScope.get("score")!;
  expect(await errorOf(key)).toMatchObject({ kind, status: 403, code: "missing_scope" });
});

test("a key that is kept in KV works", async () => {
  const body = { query: "a", documents: ["b"] };
  const response = await service.post("/v1/rerank", body, { "api-key": stored.key });
  expect(response.status).toBe(200);
});

test("a publishable key works from its pages alone", async () => {
  const ask = (headers: Record<string, string>) =>
    service.post(
      "/v1/rerank",
      { query: "a", documents: ["b"] },
      { "api-key": web.key, ...headers },
    );
  expect((await ask({ origin: "https://a.example" })).status).toBe(200);
  for (const headers of [{}, { origin: "https://b.example" }]) {
    const response = await ask(headers as Record<string, string>);
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { code: "origin_not_allowed" },
    ]);
  }
});

test("a page of an allowed origin asks whether it may call without a key, and reads why it may not", async () => {
  const origin = "https://a.example";
  const asked = await service.fetch("/v1/rerank", {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST" },
  });
  expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([200, origin]);
  for (const [headers, status] of [
    [{}, 401],
    [{ "api-key": makeApiKey("secret") }, 401],
    [{ "api-key": byScope.get("metrics")!.key }, 403],
  ] as const) {
    const response = await service.post("/v1/rerank", {}, { origin, ...headers });
    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    expect(response.headers.get("access-control-expose-headers")).toContain("www-authenticate");
  }
});

describe("with a publishable key", () => {
  const most = LIMITS.maxPublishableDocuments;
  const headers = { "api-key": web.key, origin: "https://a.example" };
  const texts = (count: number) => Array<string>(count).fill("a");
  const bodies: [string, (texts: string[]) => object][] = [
    ["/v1/rerank", (documents) => ({ query: "a", documents })],
    ["/tei/rerank", (all) => ({ query: "a", texts: all })],
    ["/v1/score", (all) => ({ text_1: "a", text_2: all, truncate_prompt_tokens: -1 })],
    ["/score", (all) => ({ input_data: all.map((text) => ({ text, text_pair: "b" })) })],
    ["/predict", (all) => ({ inputs: all.map((each) => [each]) })],
    ["/tokenize", (inputs) => ({ inputs })],
  ];

  test.each(bodies)("%s takes maxPublishableDocuments and no more", async (path, bodyOf) => {
    for (const count of [most - 1, most])
      expect((await service.post(path, bodyOf(texts(count)), headers)).status).toBe(200);
    const response = await service.post(path, bodyOf(texts(most + 1)), headers);
    expect([413, 422]).toContain(response.status);
    expect(await response.text()).toContain(
      `over the limit maxPublishableDocuments of ${most}: it has ${most + 1}`,
    );
  });

  test("every query has its documents counted", async () => {
    const body = { queries: ["a", "b"], documents: texts(most / 2 + 1) };
    expect((await service.post("/v1/rerank", body, headers)).status).toBe(413);
    expect((await service.post("/v1/rerank", body, { "api-key": shop.key })).status).toBe(200);
  });
});

describe("callers", () => {
  const asked = (key: string, method: string, path: string, body?: BodyInit) =>
    service.fetch(path, { method, headers: { "x-api-key": key }, ...(body && { body }) });
  const namesOf = async (key: string, path: string) => {
    const { value } = (await (await asked(key, "GET", path)).json()) as {
      value: { name: string }[];
    };
    return value.map(({ name }) => name);
  };

  test("see their own files and jobs, by each key of their name, and nobody else's", async () => {
    const csv = "query,document\na,b\n";
    expect((await asked(shop.key, "PUT", "/files/own.csv", csv)).status).toBe(201);
    const job = { InputData: { data: { JobInputType: "UriFile", Uri: "files/own.csv" } } };
    const submit = (key: string) =>
      service.post("/jobs", { properties: job }, { "x-api-key": key });
    const submitted = await submit(shop.key);
    expect(submitted.status).toBe(201);
    const { name } = (await submitted.json()) as { name: string };
    for (const { key } of [shop, shopNext]) {
      expect(await namesOf(key, "/files")).toEqual(["own.csv"]);
      expect(await namesOf(key, "/jobs")).toEqual([name]);
      expect((await asked(key, "GET", `/jobs/${name}`)).status).toBe(200);
    }
    expect(await namesOf(office.key, "/files")).toEqual([]);
    expect(await namesOf(office.key, "/jobs")).toEqual([]);
    expect((await submit(office.key)).status).toBe(400);
    for (const path of ["", "/results", "/events"])
      expect((await asked(office.key, "GET", `/jobs/${name}${path}`)).status).toBe(404);
    for (const [method, path] of [
      ["POST", `/jobs/${name}/cancel`],
      ["DELETE", `/jobs/${name}`],
      ["DELETE", "/files/own.csv"],
      ["GET", "/files/own.csv"],
    ] as const)
      expect((await asked(office.key, method, path)).status, path).toBe(404);
    expect((await asked(shopNext.key, "GET", "/files/own.csv")).status).toBe(200);
  });
});

test("no key and no hash of one is in the log, the bucket or the metrics", async () => {
  const { JOB_BUCKET } = await service.bindings<{ JOB_BUCKET: R2Bucket }>();
  const { objects } = await JOB_BUCKET.list();
  const texts = await Promise.all(
    objects.map(async ({ key }) => key + (await (await JOB_BUCKET.get(key))?.text())),
  );
  expect(texts.length).toBeGreaterThan(0);
  const headers = { "api-key": byScope.get("metrics")!.key };
  const metrics = await (await service.fetch("/metrics", { headers })).text();
  const all = [service.logs(), metrics, ...texts].join("\n");
  for (const { key, record } of [...records, stored]) {
    expect(all).not.toContain(key);
    expect(all).not.toContain(record.sha256);
    expect(all).not.toContain(record.sha256.slice(0, 32));
  }
});
