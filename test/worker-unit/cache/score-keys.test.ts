import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scoreKeys, type ScoreOrigin } from "../../../worker/cache/score-keys.ts";
import { DEFAULT_FIT, type FitOptions } from "../../../engine/fit-pair.ts";

const ORIGIN: ScoreOrigin = {
  scorer: "digest",
  scope: "scope",
  fit: DEFAULT_FIT,
  pairs: [{ query: "query", document: "document" }],
};

const keysOf = (changes: Partial<ScoreOrigin>) => scoreKeys({ ...ORIGIN, ...changes });

/** Texts that look alike to a careless encoding. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", '"', ",", "[", "]", "\\", "\0"), maxLength: 4 }),
  fc.string({ unit: fc.constantFrom("\ud800", "\udbff", "\udc00", "\ufffd"), maxLength: 4 }),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const pair = fc.record({ query: text, document: fc.option(text) });

describe("keys", () => {
  test("are SHA-256 in hex, the same for the same pair wherever it stands", async () => {
    const pairs = [
      { query: "a", document: "x" },
      { query: "b", document: "x" },
      { query: "a", document: "y" },
      { query: "a", document: "x" },
    ];
    const keys = await keysOf({ pairs });
    expect(keys).toHaveLength(4);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(keys[3]).toBe(keys[0]);
    expect(new Set(keys).size).toBe(3);
    expect(await keysOf({ pairs: pairs.toReversed() })).toEqual(keys.toReversed());
    expect(await keysOf({ pairs: [] })).toEqual([]);
  });

  test("stay the same from version to version, or a deployment would empty the cache", async () => {
    const sha256 = (of: string) => createHash("sha256").update(of).digest("hex");
    const options =
      '[["longDocuments","truncate"],["maxDocumentTokens","Infinity"],["maxPairTokens","Infinity"],' +
      '["maxQueryTokens","Infinity"],["maxWindows","Infinity"],["side","right"]]';
    const shared = sha256(`["rerank-score/1","digest","scope",${options},"query"]`);
    expect(await keysOf({})).toEqual([sha256(`${shared}"document"`)]);
  });

  test("differ by everything that changes a score or who may see it", async () => {
    const keys = await Promise.all([
      keysOf({}),
      keysOf({ scorer: "another" }),
      keysOf({ scope: "another" }),
      keysOf({ scorer: "digestscope", scope: "" }),
      keysOf({ fit: { ...DEFAULT_FIT, side: "left" } }),
      keysOf({ fit: { ...DEFAULT_FIT, maxDocumentTokens: 100 } }),
      keysOf({ fit: { ...DEFAULT_FIT, maxQueryTokens: 100 } }),
      keysOf({ fit: { ...DEFAULT_FIT, maxPairTokens: 100 } }),
      keysOf({ fit: { ...DEFAULT_FIT, longDocuments: "refuse" } }),
      keysOf({ fit: { ...DEFAULT_FIT, maxWindows: 2 } }),
      keysOf({ pairs: [{ query: "querydocument", document: "" }] }),
      keysOf({ pairs: [{ query: "query", document: "" }] }),
      keysOf({ pairs: [{ query: "query", document: null }] }),
      keysOf({ pairs: [{ query: "query", document: "null" }] }),
      keysOf({ pairs: [{ query: "document", document: "query" }] }),
    ]);
    expect(new Set(keys.flat()).size).toBe(keys.length);
  });

  test("do not depend on the order in which the options were written", async () => {
    const fit: FitOptions = {
      side: "right",
      maxWindows: Infinity,
      longDocuments: "truncate",
      maxPairTokens: Infinity,
      maxQueryTokens: Infinity,
      maxDocumentTokens: Infinity,
    };
    expect(await keysOf({ fit })).toEqual(await keysOf({}));
  });

  test("of two pairs are equal only if both texts are, lone surrogates included", async () => {
    await fc.assert(
      fc.asyncProperty(pair, pair, async (one, other) => {
        const [first, second] = await keysOf({ pairs: [one, other] });
        const isSame = one.query === other.query && one.document === other.document;
        expect(first === second).toBe(isSame);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test("of lone surrogates differ, which UTF-8 would all write alike", async () => {
    const texts = ["\ud800", "\udbff", "\udc00", "\ufffd", "\\ud800"];
    const keys = await keysOf({
      pairs: texts.flatMap((text) => [
        { query: text, document: "document" },
        { query: "query", document: text },
      ]),
    });
    expect(new Set(keys).size).toBe(2 * texts.length);
  });

  test("of two requests are equal only if scorer and scope are", async () => {
    const origin = fc.record({ scorer: text, scope: text });
    await fc.assert(
      fc.asyncProperty(origin, origin, async (one, other) => {
        const [[first], [second]] = await Promise.all([keysOf(one), keysOf(other)]);
        expect(first === second).toBe(one.scorer === other.scorer && one.scope === other.scope);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test("hold none of what went into them", async () => {
    const canary = "cafe0123canary";
    const keys = await keysOf({
      scorer: canary,
      scope: canary,
      pairs: [canary, null].map((document) => ({ query: canary, document })),
    });
    expect(keys.join()).not.toMatch(/cafe0123|canary/);
  });
});

test("a full request of 1,000 long documents gets as many keys", async () => {
  const pairs = Array.from({ length: 1_000 }, (_, index) => ({
    query: "q".repeat(10_000),
    document: `${index} ${"d".repeat(1_900)}`,
  }));
  expect(new Set(await keysOf({ pairs })).size).toBe(1_000);
});
