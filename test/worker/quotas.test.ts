/** What keys may use, over HTTP: requests a minute, tokens a day, and what an address may send. */
import { beforeEach, describe, expect, test } from "vitest";
import { addressKey } from "../../worker/quotas/address-rate.ts";
import type { QuotaLedger } from "../../worker/quotas/quota-ledger.ts";
import { tokenQuota } from "../../worker/quotas/quota.ts";
import { testKey } from "../auth/keys.ts";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { useService } from "./service.ts";

const ALL = ["rerank", "score", "jobs"] as const;

const keys = [
  testKey("free", { scopes: [...ALL] }),
  testKey("crowd", { scopes: [...ALL], requestsPerMinute: 50 }),
  testKey("headers", { scopes: [...ALL], requestsPerMinute: 600, tokensPerDay: 2_000_000 }),
  testKey("protocols", { scopes: [...ALL], requestsPerMinute: 1 }),
  testKey("poor", { scopes: [...ALL], tokensPerDay: 40 }),
  testKey("shared", { scopes: [...ALL], tokensPerDay: 400 }),
  testKey("batch", { scopes: [...ALL], tokensPerDay: 4_000 }),
  testKey("spent", { scopes: [...ALL], tokensPerDay: 100 }),
];

const service = useService(
  {
    RERANK_AUTH: "",
    RERANK_API_KEYS: keys.map(({ record }) => JSON.stringify(record)).join("\n"),
  },
  packedFolder(syntheticModel(SMALL_SHAPE)),
);

function as(name: string): Record<string, string> {
  return { "api-key": keys.find(({ record }) => record.name === name)!.key };
}

const BODY = { query: "w1", documents: ["w2 w3", "w4"] };

/** What a header of quotas says, by their names. */
function quotasIn(response: Response, header: "ratelimit" | "ratelimit-policy") {
  const items = (response.headers.get(header) ?? "").split(", ").filter(Boolean);
  return Object.fromEntries(
    items.map((item) => {
      const [name, ...parameters] = item.split(";");
      return [
        name!.slice(1, -1),
        Object.fromEntries(parameters.map((each) => each.split("=") as [string, string])),
      ];
    }),
  );
}

/** So that no minute, and no day, ends within a test. */
beforeEach(async () => {
  const leftMs = 60_000 - (Date.now() % 60_000);
  if (leftMs < 15_000) await new Promise((resolve) => setTimeout(resolve, leftMs + 10));
});

describe("requests a minute", () => {
  test("are let in to the limit exactly, of many at once", async () => {
    const responses = await Promise.all(
      Array.from({ length: 60 }, () => service.fetch("/jobs", { headers: as("crowd") })),
    );
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(50);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    const refused = responses.find(({ status }) => status === 429)!;
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(quotasIn(refused, "ratelimit")["requests"]).toEqual({ r: "0", t: String(seconds) });
  });

  test("of one key are not those of another", async () => {
    expect((await service.post("/v2/rerank", BODY, as("free"))).status).toBe(200);
  });

  const spend = () => service.fetch("/jobs", { headers: as("protocols") });

  test.each([
    ["/v2/rerank", "message"],
    ["/v1/rerank", "message"],
    ["/tei/rerank", "error_type"],
    ["/tei/predict", "error_type"],
    ["/score", "message"],
    ["/vllm/v1/score", "error"],
    ["/voyage/v1/rerank", "detail"],
    ["/jobs", "code"],
  ])("over the limit are refused at %s as its protocol has it", async (path, field) => {
    await spend();
    const response = await service.post(path, BODY, as("protocols"));
    expect(response.status).toBe(429);
    expect(await response.json()).toHaveProperty(field);
    expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(quotasIn(response, "ratelimit-policy")["requests"]).toEqual({ q: "1", w: "60" });
  });

  test("are refused without a look at the body", async () => {
    await spend();
    const response = await service.fetch("/v2/rerank", {
      method: "POST",
      headers: { ...as("protocols"), "content-type": "text/plain" },
      body: "no JSON",
    });
    expect(response.status).toBe(429);
  });

  test("are no concern of who asks how the service is", async () => {
    const response = await service.fetch("/health", { headers: as("protocols") });
    expect(response.status).toBe(200);
    expect(response.headers.has("ratelimit")).toBe(false);
  });
});

describe("the headers", () => {
  test("are on answers and refusals alike, and count down", async () => {
    const first = await service.post("/v2/rerank", BODY, as("headers"));
    expect(first.headers.get("ratelimit-policy")).toBe(
      '"requests";q=600;w=60, "tokens";q=2000000;qu="tokens";w=86400',
    );
    const computed = Number(first.headers.get("x-rerank-tokens"));
    expect(computed).toBeGreaterThan(0);
    expect(quotasIn(first, "ratelimit")).toMatchObject({
      requests: { r: "599" },
      tokens: { r: String(2_000_000 - computed) },
    });
    const wrong = await service.post("/v2/rerank", { query: "a" }, as("headers"));
    expect(wrong.status).toBe(400);
    expect(quotasIn(wrong, "ratelimit")).toMatchObject({
      requests: { r: "598" },
      tokens: { r: String(2_000_000 - computed) },
    });
  });

  test("are not on answers to keys without limits", async () => {
    const response = await service.post("/v2/rerank", BODY, as("free"));
    expect(response.headers.has("ratelimit")).toBe(false);
    expect(response.headers.has("ratelimit-policy")).toBe(false);
  });
});

describe("tokens a day", () => {
  test("that a request would need over what is left are refused, and a smaller one is computed", async () => {
    const large = { query: "w1", documents: Array.from({ length: 10 }, () => "w2 w3 w4 w5") };
    const refused = await service.post("/v2/rerank", large, as("poor"));
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-should-retry")).toBe("false");
    expect((await refused.json()) as { message: string }).toMatchObject({
      message: expect.stringMatching(/40 tokens a day; 40 are left, and this needs about \d+/),
    });
    const small = await service.post("/v2/rerank", { query: "w1", documents: ["w2"] }, as("poor"));
    expect(small.status).toBe(200);
  });

  test("are charged as computed over parallel requests", async () => {
    const sent = await Promise.all(
      Array.from({ length: 20 }, () => service.post("/v2/rerank", BODY, as("shared"))),
    );
    const computed = sent.reduce(
      (sum, each) => sum + Number(each.headers.get("x-rerank-tokens")),
      0,
    );
    await expect
      .poll(async () => {
        const look = await service.fetch("/jobs", { headers: as("shared") });
        return Number(quotasIn(look, "ratelimit")["tokens"]!["r"]);
      })
      .toBe(400 - computed);
  });

  test("are exact for a hundred that ask at once", async () => {
    const { QUOTAS } = await service.bindings<{ QUOTAS: DurableObjectNamespace<QuotaLedger> }>();
    const ledger = QUOTAS.getByName("a hundred");
    const taken = await Promise.all(
      Array.from({ length: 100 }, () => ledger.reserve(tokenQuota(500), 7, null)),
    );
    expect(taken.filter(({ isTaken }) => isTaken)).toHaveLength(71);
  });

  test("once spent, forbid to compute and not to look", async () => {
    const { QUOTAS } = await service.bindings<{ QUOTAS: DurableObjectNamespace<QuotaLedger> }>();
    await QUOTAS.getByName("spent").reserve(tokenQuota(100), 100, null);
    for (const path of ["/v2/rerank", "/score", "/tei/tokenize", "/jobs"]) {
      const response = await service.post(path, {}, as("spent"));
      expect([path, response.status]).toEqual([path, 429]);
    }
    expect((await service.fetch("/jobs", { headers: as("spent") })).status).toBe(200);
  });
});

describe("a job", () => {
  async function run(rows: number): Promise<{ status: string; error?: object; tokens: number }> {
    const csv = `query,document\n${"w1,w2 w3\n".repeat(rows)}`;
    await service.fetch(`/files/${rows}.csv`, { method: "PUT", body: csv, headers: as("batch") });
    const InputData = { data: { JobInputType: "UriFile", Uri: `files/${rows}.csv` } };
    const submitted = await service.post("/jobs", { properties: { InputData } }, as("batch"));
    const { id } = (await submitted.json()) as { id: string };
    for (;;) {
      const response = await service.fetch(id, { headers: as("batch") });
      const { properties } = (await response.json()) as {
        properties: { status: string; error?: object; progress: { tokens: number } };
      };
      const { status, error, progress } = properties;
      if (/Completed|Failed/.test(status))
        return { status, ...(error && { error }), tokens: progress.tokens };
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  const left = async (): Promise<number> => {
    const look = await service.fetch("/jobs", { headers: as("batch") });
    return Number(quotasIn(look, "ratelimit")["tokens"]!["r"]);
  };

  test("is charged what its rows took, and fails when that is more than is left", async () => {
    const done = await run(100);
    expect(done.status).toBe("Completed");
    expect(done.tokens).toBeGreaterThan(0);
    expect(await left()).toBe(4_000 - done.tokens);
    const failed = await run(1_900);
    expect(failed).toMatchObject({
      status: "Failed",
      error: {
        code: "budget_spent",
        message: expect.stringContaining(`${4_000 - done.tokens} are left`),
      },
    });
    expect(await left()).toBe(4_000 - done.tokens);
  });
});

describe("an address", () => {
  test("that sends too much is refused before its key is looked at", async () => {
    const { ADDRESS_RATE } = await service.bindings<{ ADDRESS_RATE: RateLimit }>();
    const leftMs = 10_000 - (Date.now() % 10_000);
    if (leftMs < 5_000) await new Promise((resolve) => setTimeout(resolve, leftMs + 10));
    const headers = { "cf-connecting-ip": "192.0.2.7", "api-key": "none" };
    const key = await addressKey("192.0.2.7", new Headers());
    await ADDRESS_RATE.limit({ key, delta: 9_998 });
    const statuses = [];
    for (let request = 0; request < 3; request++)
      statuses.push((await service.fetch("/jobs", { headers })).status);
    expect(statuses).toEqual([401, 401, 429]);
    const other = { ...headers, "cf-connecting-ip": "192.0.2.8" };
    expect((await service.fetch("/jobs", { headers: other })).status).toBe(401);
  });
});
