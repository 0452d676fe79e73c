import fc from "fast-check";
import { expect, test } from "vitest";
import { SERVICE_LIMITS, splitDocuments } from "../../sdk/split-documents.ts";
import { LIMITS } from "../../worker/limits.ts";

const OPTIONS = { maxDocuments: 500, maxTokens: Infinity, maxTokensPerDocument: Infinity };

const sizes = (
  texts: readonly string[],
  options: Partial<typeof OPTIONS> = {},
  rest: { query: string } = { query: "q" },
): number[] =>
  [...splitDocuments(texts, rest, { ...OPTIONS, ...options })].map(({ start, end }) => end - start);

test("the limits are the service's", () => {
  const { maxDocuments, maxTotalChars, maxBodyBytes } = LIMITS;
  expect(SERVICE_LIMITS).toEqual({ maxDocuments, maxTotalChars, maxBodyBytes });
});

test.each([
  [0, []],
  [1, [1]],
  [500, [500]],
  [501, [251, 250]],
  [1_001, [334, 334, 333]],
])("%i short documents are parts of %j, of equal size", (count, expected) => {
  expect(sizes(Array.from({ length: count }, () => "a"))).toEqual(expected);
});

test("a part has at most 2,000,000 characters with the query, which counts once", () => {
  const texts = Array.from({ length: 5 }, () => "a".repeat(500_000));
  expect(sizes(texts, {}, { query: "" })).toEqual([4, 1]);
  expect(sizes(texts, {}, { query: "q" })).toEqual([3, 2]);
});

test("a part's body has at most 6 MiB: characters count as many bytes as JSON in UTF-8 has of them", () => {
  // Six bytes each, as a control character is escaped.
  const texts = Array.from({ length: 3 }, () => "\u0001".repeat(500_000));
  expect(sizes(texts)).toEqual([2, 1]);
});

test("a part has at most so many tokens, a document at most what is read of it", () => {
  const texts = Array.from({ length: 4 }, () => "a".repeat(397));
  // 134 of the document with its quotes and comma, 1 of the query, 3 special ones.
  expect(sizes(texts, { maxTokens: 276 })).toEqual([2, 2]);
  expect(sizes(texts, { maxTokens: 275 })).toEqual([1, 1, 1, 1]);
  expect(sizes(texts, { maxTokens: 275, maxTokensPerDocument: 40 })).toEqual([4]);
});

test("a document over a limit is a part of its own", () => {
  expect(sizes(["a", "b".repeat(2_000_001), "c"])).toEqual([1, 1, 1]);
  expect(sizes(["b".repeat(2_000_001), "c"])).toEqual([1, 1]);
});

test("parts cover any list in its order, and no part of several is over a limit", () => {
  const text = fc.tuple(fc.constantFrom("a", '"', "é", "語", "😀", "\u0001"), fc.nat(400_000));
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 30 }),
      fc.integer({ min: 1, max: 10 }),
      (parts, maxDocuments) => {
        const texts = parts.map(([char, length]) => char.repeat(length / char.length));
        let next = 0;
        for (const { start, end } of splitDocuments(
          texts,
          { query: "q" },
          { ...OPTIONS, maxDocuments },
        )) {
          expect(start).toBe(next);
          next = end;
          const own = texts.slice(start, end);
          expect(own.length).toBeGreaterThan(0);
          expect(own.length).toBeLessThanOrEqual(maxDocuments);
          if (own.length === 1) continue;
          expect(own.join("").length + 1).toBeLessThanOrEqual(LIMITS.maxTotalChars);
          const body = JSON.stringify({ query: "q", documents: own });
          expect(Buffer.byteLength(body)).toBeLessThanOrEqual(LIMITS.maxBodyBytes);
        }
        expect(next).toBe(texts.length);
      },
    ),
    { seed: 5, numRuns: 30 },
  );
});
