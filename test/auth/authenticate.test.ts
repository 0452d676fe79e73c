import { timingSafeEqual } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { makeApiKey } from "../../worker/auth/api-key.ts";
import { authenticate } from "../../worker/auth/authenticate.ts";
import { KeyStore, type KeyNamespace } from "../../worker/auth/key-store.ts";
import type { Scope } from "../../worker/auth/scope.ts";
import { fail, ok } from "../../worker/errors.ts";
import { testKey } from "./keys.ts";

const NOW = Date.parse("2026-06-01T00:00:00.000Z");

const shop = testKey("shop", {
  scopes: ["rerank", "jobs"],
  requestsPerMinute: 600,
  tokensPerDay: 1_000_000,
  expiresAt: "2026-06-01T00:00:00.001Z",
});
const expired = testKey("old", { expiresAt: "2026-06-01T00:00:00.000Z" });
const web = testKey("web", { origins: ["https://a.example", "https://b.example"] }, "publishable");
const store = new KeyStore(
  { records: [shop, expired, web].map(({ record }) => record), namespace: undefined },
  timingSafeEqual,
  () => NOW,
);

const CREDENTIALS = { keys: store, checkToken: null };

async function outcome(headers: Record<string, string>, scope: Scope = "rerank", keys = store) {
  const result = await authenticate(new Headers(headers), scope, { keys, checkToken: null }, NOW);
  return result.ok ? result.value.name : result.failure;
}

test("a key makes its caller, with its name and its limits", async () => {
  const result = await authenticate(new Headers({ "api-key": shop.key }), "jobs", CREDENTIALS, NOW);
  expect(result).toEqual({
    ok: true,
    value: {
      name: "shop",
      scopes: ["rerank", "jobs"],
      requestsPerMinute: 600,
      tokensPerDay: 1_000_000,
      origins: undefined,
    },
  });
});

test.each([
  ["authorization", `Bearer ${shop.key}`],
  ["authorization", `bearer   ${shop.key} `],
  ["authorization", shop.key],
  ["api-key", shop.key],
  ["x-api-key", shop.key],
])("is read from %s", async (name, value) => {
  expect(await outcome({ [name]: value })).toBe("shop");
});

test("an empty header is none, and the same key twice is one", async () => {
  for (const empty of ["", "Bearer", "Bearer ", "  "]) {
    expect(await outcome({ authorization: empty, "x-api-key": shop.key })).toBe("shop");
    expect(await outcome({ authorization: empty })).toEqual({ kind: "missing_api_key" });
  }
  expect(await outcome({ authorization: `Bearer ${shop.key}`, "api-key": shop.key })).toBe("shop");
});

test("two different keys are refused, also if one of them is right", async () => {
  for (const other of [web.key, "x", makeApiKey("secret")]) {
    const both = { authorization: `Bearer ${shop.key}`, "api-key": other };
    expect(await outcome(both)).toEqual({ kind: "several_api_keys" });
  }
});

test("what is no key is told from one that is not known", async () => {
  for (const text of ["x", `${shop.key}x`, shop.key.slice(0, -1), "Basic dXNlcjpwYXNz", "ключ"]) {
    expect(await outcome({ authorization: encodeURI(text) })).toEqual({
      kind: "unknown_api_key",
      isMistyped: true,
    });
  }
  expect(await outcome({ "api-key": makeApiKey("secret") })).toEqual({
    kind: "unknown_api_key",
    isMistyped: false,
  });
});

test("a mistyped key is told without a look into KV", async () => {
  const namespace = { get: () => Promise.reject(new Error("asked")) } as unknown as KeyNamespace;
  const remote = new KeyStore({ records: [], namespace }, timingSafeEqual, () => NOW);
  expect(await outcome({ "api-key": "rk_mistyped" }, "rerank", remote)).toMatchObject({
    isMistyped: true,
  });
  expect(await outcome({ "api-key": shop.key }, "rerank", remote)).toEqual({
    kind: "api_keys_unavailable",
  });
});

test("a key expires at its time", async () => {
  expect(await outcome({ "api-key": expired.key })).toEqual({ kind: "expired_api_key" });
  expect(await outcome({ "api-key": shop.key })).toBe("shop");
});

test("a key may only what its scopes say", async () => {
  expect(await outcome({ "api-key": shop.key }, "jobs")).toBe("shop");
  for (const scope of ["score", "metrics"] as const)
    expect(await outcome({ "api-key": shop.key }, scope)).toEqual({ kind: "missing_scope", scope });
});

describe("a publishable key", () => {
  test("works from pages of its origins alone", async () => {
    for (const origin of ["https://a.example", "https://b.example"])
      expect(await outcome({ "api-key": web.key, origin })).toBe("web");
    for (const origin of [
      "https://c.example",
      "http://a.example",
      "https://a.example:8443",
      "https://a.example.evil.example",
      "https://A.example",
      "null",
      "",
    ])
      expect(await outcome({ "api-key": web.key, origin }), origin).toEqual({
        kind: "origin_not_allowed",
      });
    expect(await outcome({ "api-key": web.key })).toEqual({ kind: "origin_not_allowed" });
  });

  test("may ask sixty times a minute unless its record says otherwise", async () => {
    const headers = new Headers({ "api-key": web.key, origin: "https://a.example" });
    const result = await authenticate(headers, "rerank", CREDENTIALS, NOW);
    expect(result).toMatchObject({ value: { requestsPerMinute: 60, tokensPerDay: undefined } });
  });
});

describe("a token", () => {
  const token = "header.claims.signature";
  const caller = { name: "jwt:1", scopes: ["rerank"] as const };
  const checkToken = vi.fn(async (given: string) =>
    given === token
      ? ok({ ...caller, requestsPerMinute: undefined, tokensPerDay: undefined, origins: undefined })
      : fail({ kind: "invalid_token", problem: "cannot be read" }),
  );
  const ask = async (headers: Record<string, string>, scope: Scope = "rerank") => {
    const result = await authenticate(
      new Headers(headers),
      scope,
      { keys: store, checkToken },
      NOW,
    );
    return result.ok ? result.value.name : result.failure;
  };

  test("is taken where a key is, and from Cloudflare Access", async () => {
    expect(await ask({ authorization: `Bearer ${token}` })).toBe("jwt:1");
    expect(await ask({ "cf-access-jwt-assertion": token })).toBe("jwt:1");
    expect(await ask({ "cf-access-jwt-assertion": "a.b.c" })).toMatchObject({
      kind: "invalid_token",
    });
    expect(await ask({ "cf-access-jwt-assertion": "" })).toEqual({ kind: "missing_api_key" });
    expect(await ask({ authorization: `Bearer ${token}` }, "jobs")).toEqual({
      kind: "missing_scope",
      scope: "jobs",
    });
  });

  test("of Cloudflare Access yields to a key, and to a wrong one", async () => {
    expect(await ask({ "cf-access-jwt-assertion": token, "api-key": shop.key })).toBe("shop");
    expect(await ask({ "cf-access-jwt-assertion": token, "api-key": "wrong" })).toMatchObject({
      kind: "unknown_api_key",
    });
    const other = { "cf-access-jwt-assertion": token, authorization: "Bearer a.b.c" };
    expect(await ask(other)).toMatchObject({ kind: "invalid_token" });
  });

  test("of Cloudflare Access that is none is no key either", async () => {
    expect(await ask({ "cf-access-jwt-assertion": shop.key })).toEqual({ kind: "missing_api_key" });
  });

  test("is no key where tokens are not set up", async () => {
    expect(await outcome({ authorization: `Bearer ${token}` })).toEqual({
      kind: "unknown_api_key",
      isMistyped: true,
    });
    expect(await outcome({ "cf-access-jwt-assertion": token })).toEqual({
      kind: "missing_api_key",
    });
  });
});
