import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PairTokenizer } from "../../engine/index.ts";
import { DEFAULT_FIT, fitPair, type FitOptions } from "../../engine/fit-pair.ts";
import { defaultTokenizerJson } from "../fixtures/engine.ts";

/** Room for 17 tokens of query and document. */
const WINDOW = 20;
const tokenizer = new PairTokenizer(defaultTokenizerJson, WINDOW);

/** Ids `first`, `first + 1`, … so that a place can be seen. */
const ids = (length: number, first: number) =>
  Int32Array.from({ length }, (_, index) => first + index);
const QUERY = 1_000;
const DOCUMENT = 2_000;

function fit(queryLength: number, documentLength: number, options: Partial<FitOptions>) {
  const fitted = fitPair(tokenizer, ids(queryLength, QUERY), ids(documentLength, DOCUMENT), {
    ...DEFAULT_FIT,
    ...options,
  });
  const windows = fitted.windows.map(({ input, start, end }) => {
    const tokens = Array.from(input.inputIds);
    const isOf = (first: number) => (id: number) => id >= first && id < first + 1_000;
    return {
      query: tokens.filter(isOf(QUERY)).map((id) => id - QUERY),
      document: tokens.filter(isOf(DOCUMENT)).map((id) => id - DOCUMENT),
      tokens: tokens.length,
      start,
      end,
    };
  });
  return { ...fitted, windows };
}

/** [begin, end) */
const span = (begin: number, end: number) =>
  Array.from({ length: end - begin }, (_, index) => begin + index);

test("by default a pair is what the tokenizer makes of it", () => {
  for (const [query, document] of [
    [3, 5],
    [3, 50],
    [12, 50],
    [12, 2],
    [3, 0],
  ] as const) {
    const fitted = fitPair(tokenizer, ids(query, QUERY), ids(document, DOCUMENT));
    const pair = tokenizer.pair(ids(query, QUERY), ids(document, DOCUMENT));
    expect(fitted.windows.map(({ input }) => input)).toEqual([pair]);
    expect(fitted).toMatchObject({
      queryTokensCut: pair.queryTokensCut,
      documentTokensCut: pair.documentTokensCut,
      refusedTokens: null,
    });
  }
});

test("a single text is fitted, too", () => {
  const fitted = fitPair(tokenizer, ids(30, QUERY), null);
  expect(fitted).toMatchObject({ queryTokensCut: 12, documentTokensCut: 0 });
});

test("from the left, the ends stay", () => {
  expect(fit(12, 50, { side: "left" })).toMatchObject({
    windows: [{ query: span(4, 12), document: span(41, 50), start: 41, end: 50 }],
    queryTokensCut: 4,
    documentTokensCut: 41,
  });
});

test("tokens of query and document can be fewer than fit", () => {
  const options = { maxQueryTokens: 2, maxDocumentTokens: 3 };
  expect(fit(5, 5, options)).toMatchObject({
    windows: [{ query: span(0, 2), document: span(0, 3), start: 0, end: 3 }],
    queryTokensCut: 3,
    documentTokensCut: 2,
  });
  expect(fit(5, 5, { ...options, side: "left" })).toMatchObject({
    windows: [{ query: span(3, 5), document: span(2, 5), start: 2, end: 5 }],
  });
});

test("a pair can have fewer tokens than the window, but not more", () => {
  expect(fit(3, 50, { maxPairTokens: 10 }).windows).toMatchObject([{ tokens: 10 }]);
  expect(fit(3, 50, { maxPairTokens: 3 }).windows).toMatchObject([{ tokens: 3, document: [] }]);
  expect(fit(3, 50, { maxPairTokens: 1_000 }).windows).toMatchObject([{ tokens: WINDOW }]);
});

describe("a request that forbids to cut", () => {
  const refuse = { longDocuments: "refuse" } as const;

  test("is told how many tokens a pair has that does not fit", () => {
    expect(fit(3, 15, refuse).refusedTokens).toBe(21);
    expect(fit(30, 15, refuse).refusedTokens).toBe(48);
    expect(fit(3, 14, refuse).refusedTokens).toBeNull();
  });

  test("may cut by its own numbers", () => {
    expect(fit(3, 50, { ...refuse, maxDocumentTokens: 14 }).refusedTokens).toBeNull();
    expect(fit(3, 50, { ...refuse, maxDocumentTokens: 15 }).refusedTokens).toBe(21);
  });
});

describe("windows", () => {
  const windows = { longDocuments: "max_window" } as const;

  test("are one for a document that fits", () => {
    expect(fit(3, 14, windows).windows).toMatchObject([{ start: 0, end: 14 }]);
  });

  test("overlap by a quarter, and the last one is as full as all others", () => {
    expect(fit(3, 40, windows).windows.map(({ start, end }) => [start, end])).toEqual([
      [0, 14],
      [11, 25],
      [22, 36],
      [26, 40],
    ]);
  });

  test("all have the query, cut to half of the window if it must be", () => {
    const { windows: found, queryTokensCut } = fit(12, 40, windows);
    expect(found.every(({ query }) => query.length === 8)).toBe(true);
    expect(queryTokensCut).toBe(4);
  });

  test("can be limited in number", () => {
    expect(fit(3, 40, { ...windows, maxWindows: 2 })).toMatchObject({
      windows: [{ start: 0 }, { start: 11 }],
      documentTokensCut: 15,
    });
  });

  test("cover only the tokens that may be read", () => {
    expect(fit(3, 40, { ...windows, maxDocumentTokens: 20 })).toMatchObject({
      windows: [{ start: 0 }, { start: 6, end: 20 }],
      documentTokensCut: 20,
    });
    const left = fit(3, 40, { ...windows, maxDocumentTokens: 20, side: "left" });
    expect(left).toMatchObject({
      windows: [{ start: 20 }, { start: 26, end: 40 }],
      documentTokensCut: 20,
    });
  });

  test("leave no token out, and say what they have", () => {
    const lengths = fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 300 }));
    fc.assert(
      fc.property(lengths, ([query, document]) => {
        const fitted = fit(query, document, windows);
        const read = new Set(fitted.windows.flatMap((window) => window.document));
        expect(read.size).toBe(document);
        expect(fitted.documentTokensCut).toBe(0);
        for (const window of fitted.windows) {
          expect(window.document).toEqual(span(window.start, window.end));
          expect(window.tokens).toBeLessThanOrEqual(WINDOW);
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
