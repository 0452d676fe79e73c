import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitPairs, type Part } from "../../../worker/backends/split-pairs.ts";

const SEED = 7;

/** Sizes of the parts of lists of such lengths, one query each, every pair of 10 tokens. */
function sizes(
  counts: number[],
  limits: { maxDocuments?: number; maxTokens?: number },
  carries: "one-query" | "any-pairs" = "one-query",
): number[] {
  const pairs = counts.flatMap((count, query) => pairsOf(`q${query}`, count));
  const tokens = pairs.map(() => 10);
  const { maxDocuments = 32, maxTokens = 1_000_000 } = limits;
  return splitPairs(pairs, tokens, { maxDocuments, maxTokens }, carries).map(length);
}

function pairsOf(query: string, count: number) {
  return Array.from({ length: count }, (_, index) => ({ query, document: `d${index}` }));
}

function length({ start, end }: Part): number {
  return end - start;
}

describe("a list of one query", () => {
  test.each([
    [1, [1]],
    [32, [32]],
    [33, [17, 16]],
    [65, [22, 22, 21]],
    [0, []],
  ])("of %i pairs over a limit of 32 documents", (count, expected) => {
    expect(sizes([count], {})).toEqual(expected);
  });

  test("of 1,000 pairs is in 32 parts that differ by one at most", () => {
    const parts = sizes([1_000], {});
    expect(parts.length).toBe(32);
    expect(new Set(parts)).toEqual(new Set([31, 32]));
  });

  test("is split by tokens as well", () => {
    expect(sizes([33], { maxTokens: 165 })).toEqual([11, 11, 11]);
  });

  test("has pairs over the token limit in parts of their own", () => {
    const tokens = [5, 500, 5, 5, 500, 500];
    const limits = { maxDocuments: 32, maxTokens: 100 };
    const parts = splitPairs(pairsOf("q", 6), tokens, limits, "one-query");
    expect(parts.map(length)).toEqual([1, 1, 2, 1, 1]);
  });
});

describe("a list of several queries", () => {
  test("is never mixed for a protocol that carries one query, and each query is balanced", () => {
    expect(sizes([3, 1, 33], {})).toEqual([3, 1, 17, 16]);
  });

  test("is mixed for a protocol that carries any pairs", () => {
    expect(sizes([3, 1, 33], {}, "any-pairs")).toEqual([19, 18]);
  });

  test("begins a new part when a query comes again", () => {
    const pairs = [...pairsOf("a", 2), ...pairsOf("b", 1), ...pairsOf("a", 1)];
    const limits = { maxDocuments: 32, maxTokens: 100 };
    expect(splitPairs(pairs, [1, 1, 1, 1], limits, "one-query")).toEqual([
      { start: 0, end: 2 },
      { start: 2, end: 3 },
      { start: 3, end: 4 },
    ]);
  });
});

test("parts cover any list in order, keep every limit, and are as few as filling them one by one gives", () => {
  const item = fc.record({
    query: fc.constantFrom("a", "b"),
    document: fc.constant("d"),
    tokens: fc.integer({ min: 1, max: 60 }),
  });
  const input = fc.record({
    list: fc.array(item, { maxLength: 80 }),
    maxDocuments: fc.integer({ min: 1, max: 12 }),
    maxTokens: fc.integer({ min: 1, max: 200 }),
    carries: fc.constantFrom("one-query" as const, "any-pairs" as const),
  });
  fc.assert(
    fc.property(input, ({ list, maxDocuments, maxTokens, carries }) => {
      const tokens = list.map((pair) => pair.tokens);
      const parts = splitPairs(list, tokens, { maxDocuments, maxTokens }, carries);
      expect(parts.flatMap(({ start, end }) => range(start, end))).toEqual(range(0, list.length));
      for (const { start, end } of parts) {
        const sum = tokens.slice(start, end).reduce((a, b) => a + b, 0);
        expect(end - start).toBeLessThanOrEqual(maxDocuments);
        expect(end - start === 1 || sum <= maxTokens).toBe(true);
        const queries = new Set(list.slice(start, end).map(({ query }) => query));
        expect(carries === "any-pairs" || queries.size === 1).toBe(true);
      }
      expect(parts.length).toBe(fullParts(list, { maxDocuments, maxTokens }, carries));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

/** How many parts there are if each is filled before the next one is begun. */
function fullParts(
  list: readonly { query: string; tokens: number }[],
  limits: { maxDocuments: number; maxTokens: number },
  carries: "one-query" | "any-pairs",
): number {
  let parts = 0;
  let documents = Infinity;
  let sum = 0;
  list.forEach(({ query, tokens }, index) => {
    const isOtherQuery = carries === "one-query" && query !== list[index - 1]?.query;
    if (documents >= limits.maxDocuments || sum + tokens > limits.maxTokens || isOtherQuery) {
      parts += 1;
      documents = sum = 0;
    }
    documents += 1;
    sum += tokens;
  });
  return parts;
}

test("single texts and pairs never share a call", () => {
  const pairs = [...pairsOf("q", 2), { query: "a text", document: null }, ...pairsOf("q", 1)];
  const limits = { maxDocuments: 32, maxTokens: 1_000 };
  const parts = splitPairs(pairs, [10, 10, 10, 10], limits, "any-pairs");
  expect(parts.map(length)).toEqual([2, 1, 1]);
});
