import { afterEach, describe, expect, test, vi } from "vitest";
import { RerankClient } from "../../sdk/index.ts";
import { failure, ranking, reply, stubService } from "./stub-service.ts";

afterEach(() => void vi.unstubAllEnvs());

const PARAMS = { query: "q", documents: ["0.5"] };

describe("the address", () => {
  test.each([
    "https://rerank.test",
    "https://rerank.test/",
    "https://rerank.test//",
    "https://rerank.test/score",
    "https://rerank.test/score/",
    "https://rerank.test/jobs",
  ])("of %s is the service's", async (baseURL) => {
    const { client, sent } = stubService(ranking, { baseURL });
    await client.rerank(PARAMS);
    expect(sent[0]!.url).toBe("https://rerank.test/v2/rerank");
  });

  test("may have a path of its own", async () => {
    const { client, sent } = stubService(ranking, { baseURL: "http://localhost:8787/tenants/a" });
    await client.rerank(PARAMS);
    expect(sent[0]!.url).toBe("http://localhost:8787/tenants/a/v2/rerank");
  });

  test.each([
    "",
    "rerank.test",
    "/api",
    "ftp://rerank.test",
    "https://",
    "https://rerank.test/?code=canary",
    "https://rerank.test/#canary",
    "https://me:canary@rerank.test",
  ])("%j is none, which the error does not repeat", (baseURL) => {
    let error: any;
    try {
      new RerankClient({ baseURL });
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ kind: "invalid_request", code: "no_base_url" });
    expect(error.cause).toBeUndefined();
    expect(error.message).toContain("RERANK_BASE_URL");
    expect(error.message).not.toContain("canary");
  });
});

describe("the environment", () => {
  test("gives address and key, which options come over", async () => {
    vi.stubEnv("RERANK_BASE_URL", "https://env.test");
    vi.stubEnv("RERANK_API_KEY", " env-key\n");
    const { client, sent } = stubService(ranking, { baseURL: undefined });
    await client.rerank(PARAMS);
    const own = stubService(ranking, { apiKey: "own-key" });
    await own.client.rerank(PARAMS);
    expect([sent[0]!.url, sent[0]!.headers.get("authorization")]).toEqual([
      "https://env.test/v2/rerank",
      "Bearer env-key",
    ]);
    expect(own.sent[0]!.url).toBe("https://rerank.test/v2/rerank");
    expect(own.sent[0]!.headers.get("authorization")).toBe("Bearer own-key");
  });

  test("gives the log's level", async () => {
    vi.stubEnv("RERANK_LOG", "debug");
    const debug = vi.fn();
    vi.stubGlobal("console", { ...console, debug });
    const { client } = stubService(ranking, { logLevel: undefined });
    await client.rerank(PARAMS);
    expect(debug).toHaveBeenCalledWith("rerank: POST /v2/rerank", expect.anything());
    vi.unstubAllGlobals();
  });

  test("may be one that must not be read, as Deno's without a permission", async () => {
    const { process } = globalThis;
    const get = (): never => {
      throw new Error("NotCapable");
    };
    const env = new Proxy({}, { get });
    vi.stubGlobal("process", { env });
    try {
      const { client, sent } = stubService(ranking);
      await client.rerank(PARAMS);
      expect(sent[0]!.headers.has("authorization")).toBe(false);
    } finally {
      vi.stubGlobal("process", process);
    }
  });
});

describe("the key", () => {
  test.each([
    ["authorization", "Bearer key"],
    ["api-key", "key"],
    ["x-api-key", "key"],
  ] as const)("goes into %s as %s", async (apiKeyHeader, value) => {
    const { client, sent } = stubService(ranking, { apiKey: "key", apiKeyHeader });
    await client.rerank(PARAMS);
    expect(sent[0]!.headers.get(apiKeyHeader)).toBe(value);
    expect(sent[0]!.headers.has("authorization")).toBe(apiKeyHeader === "authorization");
  });

  test("of a function is asked for in each try, so that a token may be renewed", async () => {
    let calls = 0;
    const { client, sent } = stubService([reply(503, {}, { "retry-after-ms": "0" }), ranking], {
      apiKey: async () => `token-${++calls}`,
    });
    await client.rerank(PARAMS);
    expect(sent.map(({ headers }) => headers.get("authorization"))).toEqual([
      "Bearer token-1",
      "Bearer token-2",
    ]);
  });

  test("of a function that fails is the caller's own error, and no try", async () => {
    const own = new TypeError("no token");
    const { client, sent } = stubService(ranking, { apiKey: () => Promise.reject(own) });
    expect(await failure(client.rerank(PARAMS))).toBe(own);
    expect(sent).toEqual([]);
  });

  test.each(["canary\nkey", "canary key", "canáry"])(
    "%j cannot be sent, which the error says without showing it",
    async (apiKey) => {
      const { client, sent } = stubService(ranking, { apiKey });
      const error = await failure(client.rerank(PARAMS));
      expect(error).toMatchObject({ kind: "authentication", code: "invalid_key", param: "apiKey" });
      expect(`${error.message} ${error.cause}`).not.toMatch(/can[aá]ry/);
      expect(sent).toEqual([]);
    },
  );

  test("that is empty is none", async () => {
    const { client, sent } = stubService(ranking, { apiKey: "" });
    await client.rerank(PARAMS);
    expect(sent[0]!.headers.has("authorization")).toBe(false);
  });
});

describe("headers", () => {
  test("of the client are in every request, a call's come over them, null takes one away", async () => {
    const { client, sent } = stubService(ranking, {
      headers: { "x-a": "client", "X-B": "client", "x-c": "client" },
    });
    const headers = { "x-a": "call", "x-b": null, "x-c": undefined, accept: null };
    await client.rerank(PARAMS, { headers });
    await client.rerank(PARAMS);
    expect(["x-a", "x-b", "x-c", "accept"].map((name) => sent[0]!.headers.get(name))).toEqual([
      "call",
      null,
      "client",
      null,
    ]);
    expect(sent[1]!.headers.get("x-b")).toBe("client");
  });

  test("that cannot be sent are an error which does not show them", async () => {
    const { client } = stubService(ranking);
    const error = await failure(client.rerank(PARAMS, { headers: { "x-a": "canary\n\0" } }));
    expect(error).toMatchObject({ kind: "invalid_request", code: "invalid_header" });
    expect(error.message).toContain('"x-a"');
    expect(`${error.message} ${error.cause}`).not.toContain("canary");
  });
});

describe("hooks", () => {
  test("onRequest may change headers and wait, and onResponse sees every answer", async () => {
    const statuses: number[] = [];
    const { client, sent } = stubService([reply(503, {}, { "retry-after-ms": "0" }), ranking], {
      onRequest: async (request) => {
        await Promise.resolve();
        request.headers.set("traceparent", `00-${request.retryCount}`);
      },
      onResponse: async (response, { method }) => {
        statuses.push(response.status);
        expect(method).toBe("POST");
        await response.clone().text();
      },
    });
    expect((await client.rerank(PARAMS)).reranked).toBe(true);
    expect(sent.map(({ headers }) => headers.get("traceparent"))).toEqual(["00-0", "00-1"]);
    expect(statuses).toEqual([503, 200]);
  });

  test.each(["onRequest", "onResponse"])(
    "an error of %s is the caller's own, and no retry",
    async (hook) => {
      const own = new TypeError("own");
      const { client, sent } = stubService(ranking, {
        [hook]: () => {
          throw own;
        },
      });
      expect(await failure(client.rerank(PARAMS))).toBe(own);
      expect(sent.length).toBe(hook === "onRequest" ? 0 : 1);
    },
  );
});

test("a service binding's fetch is called as its method", async () => {
  class Binding {
    readonly #secret = "bound";
    async fetch(_: string, init: RequestInit): Promise<Response> {
      return reply(200, { results: [], model: this.#secret })(init as never);
    }
  }
  const env = { RERANK: new Binding() };
  const client = new RerankClient({
    baseURL: "https://rerank",
    fetch: (url, init) => env.RERANK.fetch(url, init),
  });
  expect((await client.rerank(PARAMS)).model).toBe("bound");
});

test("the platform's fetch is the one of the call, so that it may be replaced later", async () => {
  const client = new RerankClient({ baseURL: "https://rerank.test" });
  vi.stubGlobal("fetch", async () => Response.json({ results: [], model: "replaced" }));
  expect((await client.rerank(PARAMS)).model).toBe("replaced");
  vi.unstubAllGlobals();
});

test("info and models are got, with their request's id", async () => {
  const { client, sent } = stubService(reply(200, { data: [] }, { "x-request-id": "r" }));
  const models = await client.models();
  expect([models.requestId, JSON.stringify(models)]).toEqual(["r", '{"data":[]}']);
  expect((await client.info()).requestId).toBe("r");
  expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "GET https://rerank.test/v1/models",
    "GET https://rerank.test/info",
  ]);
  expect(sent[0]!.headers.has("content-type")).toBe(false);
});
