import fc from "fast-check";
import { expect, test } from "vitest";
import { ANYBODY } from "../../../worker/auth/caller.ts";
import { callerScope } from "../../../worker/cache/caller-scope.ts";

const scopeOf = (headers: Record<string, string>, scope?: string) =>
  callerScope(ANYBODY, new Headers(headers), scope);

test("a caller with a name is one whatever the key, and nobody without a name can pass for it", () => {
  const named = (name: string, key: string) =>
    callerScope({ ...ANYBODY, name }, new Headers({ "api-key": key }), "tenant");
  expect(named("shop", "old")).toBe(named("shop", "new"));
  expect(named("shop", "old")).not.toBe(named("office", "old"));
  expect(scopeOf({ "api-key": "shop" }, "tenant")).not.toBe(named("shop", "old"));
});

test("callers with different keys, or with one and with none, have different scopes", () => {
  const scopes = [
    scopeOf({}),
    scopeOf({ authorization: "Bearer one" }),
    scopeOf({ authorization: "Bearer two" }),
    scopeOf({ authorization: "Basic one" }),
    scopeOf({ "api-key": "three" }),
    scopeOf({ "x-api-key": "four" }),
    scopeOf({ authorization: "Bearer one", "api-key": "three" }),
    scopeOf({ authorization: "Bearer one", "x-api-key": "four" }),
  ];
  expect(new Set(scopes).size).toBe(scopes.length);
});

test("the same key is the same caller, in whichever header it stands", () => {
  const scope = scopeOf({ authorization: "Bearer one" }, "tenant");
  for (const headers of [
    { authorization: "bearer  one" },
    { authorization: "one" },
    { "api-key": "one" },
    { "x-api-key": "one" },
    { authorization: "Bearer one", "api-key": "one" },
    { authorization: "Bearer one", "user-agent": "another" },
  ])
    expect(scopeOf(headers, "tenant")).toBe(scope);
});

test("an empty key is none", () => {
  for (const headers of [{ authorization: "" }, { authorization: "Bearer " }, { "api-key": " " }])
    expect(scopeOf(headers)).toBe(scopeOf({}));
});

test("a tenant's scope is its own, none and an empty one included", () => {
  const headers = { authorization: "Bearer one" };
  const scopes = [undefined, "", "null", "a", "A", "\ud800", "\udc00", "\ufffd"].map((scope) =>
    scopeOf(headers, scope),
  );
  expect(new Set(scopes).size).toBe(scopes.length);
});

test("no part of a key can pass for a part of another or of a scope", () => {
  expect(scopeOf({ "api-key": "a" }, "bc")).not.toBe(scopeOf({ "api-key": "ab" }, "c"));
  // Quotes, brackets and commas are what an encoding by JSON has to get right.
  const text = fc.string({
    unit: fc.constantFrom("a", "b", '"', ",", "[", "]", "\\"),
    minLength: 1,
    maxLength: 6,
  });
  const caller = fc.record({ bearer: text, apiKey: text, scope: text });
  fc.assert(
    fc.property(caller, caller, (one, other) => {
      const scope = ({ bearer, apiKey, scope: own }: typeof one) =>
        scopeOf({ authorization: `Bearer ${bearer}`, "api-key": apiKey }, own);
      const keysOf = ({ bearer, apiKey }: typeof one) => [...new Set([bearer, apiKey])];
      const isSame =
        one.scope === other.scope && keysOf(one).join("\n") === keysOf(other).join("\n");
      expect(scope(one) === scope(other)).toBe(isSame);
    }),
    { seed: 7, numRuns: 500 },
  );
});
