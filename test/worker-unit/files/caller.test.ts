import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { ANYBODY } from "../../../worker/auth/caller.ts";
import { callerKeys, scopeOf } from "../../../worker/caller.ts";

const scope = (headers: Record<string, string>): Promise<string> =>
  scopeOf(ANYBODY, new Headers(headers));

test("a key's scope is the beginning of its hash, and never holds the key", async () => {
  const hash = createHash("sha256").update("secret").digest("hex");
  expect(await scope({ authorization: "Bearer secret" })).toBe(hash.slice(0, 32));
});

test("the same key in another header is the same caller", async () => {
  const own = await scope({ authorization: "bearer   secret " });
  expect(await scope({ "api-key": "secret" })).toBe(own);
  expect(await scope({ "x-api-key": "secret", "api-key": "secret" })).toBe(own);
});

test("callers without a key, or with an empty one, are one", async () => {
  expect(await scope({})).toBe("public");
  expect(await scope({ authorization: "Bearer ", "api-key": "" })).toBe("public");
});

test("other keys are other callers, and so are two keys at once", async () => {
  const scopes = await Promise.all([
    scope({ "api-key": "a" }),
    scope({ "api-key": "A" }),
    scope({ "api-key": "public" }),
    scope({ "api-key": "a", "x-api-key": "b" }),
    scope({ "api-key": "b", "x-api-key": "a" }),
    scope({ authorization: "Basic a" }),
  ]);
  expect(new Set(scopes).size).toBe(scopes.length);
  expect(scopes.every((each) => /^[0-9a-f]{32}$/.test(each))).toBe(true);
});

test("what a caller with a name has is the name's, whatever the key, and no key passes for a name", async () => {
  const named = (name: string, key: string) =>
    scopeOf({ ...ANYBODY, name }, new Headers({ "api-key": key }));
  const own = await named("shop", "old");
  expect(own).toMatch(/^[0-9a-f]{32}$/);
  expect(await named("shop", "new")).toBe(own);
  expect(await named("public", "old")).not.toBe("public");
  for (const key of ["shop", "name:shop"]) expect(await scope({ "api-key": key })).not.toBe(own);
});

test("a request's keys are listed once each", () => {
  expect(callerKeys(new Headers({ authorization: "Bearer a", "api-key": "b" }))).toEqual([
    "a",
    "b",
  ]);
});
