import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestHarness } from "wrangler";
import { ANYBODY } from "../../../worker/auth/caller.ts";
import { callerScope } from "../../../worker/cache/caller-scope.ts";
import { kvStore, MIN_KV_TTL_SECONDS } from "../../../worker/cache/kv-store.ts";
import { keep, type CachedScore, type ScoreStore } from "../../../worker/cache/score-cache.ts";
import { scoreKeys } from "../../../worker/cache/score-keys.ts";
import { DEFAULT_FIT } from "../../../engine/fit-pair.ts";

const SCORE: CachedScore = {
  logit: -1 / 3,
  reading: { tokens: 12, queryTokensCut: 1, documentTokensCut: 0 },
};

const server = createTestHarness({
  workers: [
    {
      config: {
        name: "stores",
        main: join(import.meta.dirname, "stores-worker.ts"),
        compatibility_date: "2026-11-01",
        kv_namespaces: [{ binding: "SCORES", id: "scores" }],
      },
    },
  ],
});
let url: URL;
beforeAll(async () => {
  ({ url } = await server.listen());
}, 60_000);
afterAll(() => server.close());

async function call(path: string, body?: string): Promise<string> {
  const response = await fetch(
    new URL(path, url),
    body === undefined ? {} : { method: "PUT", body },
  );
  expect(response.status, path).toBe(200);
  return response.text();
}

describe.each(["cache-api", "kv"])("the store %s, in workerd,", (name) => {
  const store: ScoreStore = {
    get: async (key) =>
      (JSON.parse(await call(`/${name}/${key}`)) as CachedScore | null) ?? undefined,
    put: async (key, score) => void (await call(`/${name}/${key}`, JSON.stringify(score))),
  };

  test("gives back what was put, under its own key alone", async () => {
    const [one, other] = ["1".repeat(64), "2".repeat(64)];
    expect(await store.get(one)).toBeUndefined();
    await store.put(one, SCORE);
    expect(await store.get(one)).toEqual(SCORE);
    expect(await store.get(other)).toBeUndefined();
    await store.put(one, { ...SCORE, logit: 2 });
    expect(await store.get(one)).toEqual({ ...SCORE, logit: 2 });
  });

  test("misses what it cannot read", async () => {
    const key = "3".repeat(64);
    for (const text of ["", "{", '{"logit":1}', "<html>"]) {
      await call(`/${name}-bytes/${key}`, text);
      expect(await store.get(key), text).toBeUndefined();
    }
  });

  test("keeps nothing of the texts and keys that a score is of", async () => {
    const canary = (what: string) => `canary-${what}`;
    const pairs = [{ query: canary("query"), document: canary("document") }];
    const scope = callerScope(ANYBODY, new Headers({ "api-key": canary("key") }), canary("scope"));
    const [key = ""] = await scoreKeys({ scorer: "model", scope, fit: DEFAULT_FIT, pairs });
    await keep(store, [[key, SCORE]]);
    const bytes = await call(`/${name}-bytes/${key}`);
    expect(bytes).toContain('"logit":-0.333');
    expect(bytes).not.toContain("canary");
  });

  test("lets a request compute only what another of the same caller had not", async () => {
    const keysOf = (apiKey: string, documents: string[]) =>
      scoreKeys({
        scorer: "model",
        scope: callerScope(ANYBODY, new Headers({ "api-key": apiKey }), undefined),
        fit: DEFAULT_FIT,
        pairs: documents.map((document) => ({ query: "query", document })),
      });
    const kept = await keysOf("mine", ["a", "b"]);
    await Promise.all(kept.map((key, index) => store.put(key, { ...SCORE, logit: index })));
    const found = (keys: string[]) =>
      Promise.all(keys.map(async (key) => (await store.get(key))?.logit));
    expect(await found(await keysOf("mine", ["b", "c", "a"]))).toEqual([1, undefined, 0]);
    expect(await found(await keysOf("yours", ["a", "b"]))).toEqual([undefined, undefined]);
  });
});

test("the Cache API is told how long a score may be kept", async () => {
  const key = "4".repeat(64);
  await call(`/cache-api/${key}`, JSON.stringify(SCORE));
  expect(await call(`/cache-api-bytes/${key}`)).toContain('["cache-control","max-age=3600"]');
});

test("KV is told how long a score may be kept", async () => {
  const key = "5".repeat(64);
  await call(`/kv/${key}`, JSON.stringify(SCORE));
  const [listed = ""] = (await call(`/kv-bytes/${key}`)).split(" ");
  const keys = JSON.parse(listed) as { name: string; expiration?: number }[];
  const seconds = keys.find((entry) => entry.name === key)!.expiration! - Date.now() / 1_000;
  expect(seconds).toBeGreaterThan(3_500);
  expect(seconds).toBeLessThanOrEqual(3_601);
});

test("KV keeps nothing for less than a minute, so a shorter time is refused at start", () => {
  const namespace = {} as KVNamespace;
  expect(() => kvStore(namespace, MIN_KV_TTL_SECONDS)).not.toThrow();
  for (const seconds of [MIN_KV_TTL_SECONDS - 1, 0, NaN])
    expect(() => kvStore(namespace, seconds)).toThrow(RangeError);
});
