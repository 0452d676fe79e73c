import { createHash } from "node:crypto";
import { Tokenizer } from "@huggingface/tokenizers";
import { describe, expect, test } from "vitest";
import { PairTokenizer } from "../../engine/index.ts";
import { defaultTokenizerJson } from "../fixtures/engine.ts";
import { tokenizerFixture } from "../fixtures/tokenizer-fixture.ts";

const tokenizer = new PairTokenizer(defaultTokenizerJson, 512);
const { manifest, texts, pairs, characters } = tokenizerFixture;

describe(`token ids equal those of Python's ${manifest.library} ${manifest.version}`, () => {
  test("the fixture has at least 300 texts", () => {
    expect(texts.length).toBeGreaterThanOrEqual(300);
  });

  test.each(texts)("$name", ({ text, ids }) => {
    expect(Array.from(tokenizer.encode(text))).toEqual(ids);
  });

  test("every text, encoded again from what the tokenizer remembers", () => {
    for (const { text, ids } of texts) expect(Array.from(tokenizer.encode(text))).toEqual(ids);
  });

  test("every character of the first planes and of samples beyond, alone and inside a word", () => {
    const differing = characters.blocks
      .filter(({ start, sha256 }) => digest(start, characters.blockSize) !== sha256)
      .map(({ start }) => `U+${start.toString(16)}`);
    expect(differing).toEqual([]);
  });

  test.each([
    ["plain 34", "a final sigma"],
    ["cjk 7", "Chinese characters above U+FFFF"],
    ["punctuation 40", "punctuation younger than Python's Unicode tables"],
    ["control 24", "a format character younger than Python's Unicode tables"],
  ])("the library alone still differs on %s (%s)", (name) => {
    const { text, ids } = texts.find((entry) => entry.name === name)!;
    const alone = new Tokenizer(JSON.parse(defaultTokenizerJson) as object, {});
    expect(alone.encode(text, { add_special_tokens: false }).ids).not.toEqual(ids);
  });
});

describe("pairs equal Python's, or the documented rule where the query is over half the window", () => {
  test.each(pairs)("$name ($rule)", ({ query, document, maxSeqLength, ...expected }) => {
    const window =
      maxSeqLength === 512 ? tokenizer : new PairTokenizer(defaultTokenizerJson, maxSeqLength);
    const pair = window.pair(
      tokenizer.encode(query),
      document === null ? null : tokenizer.encode(document),
    );
    expect(Array.from(pair.inputIds)).toEqual(expected.inputIds);
    expect(Array.from(pair.tokenTypeIds)).toEqual(expected.tokenTypeIds);
    expect(pair.queryTokensCut).toBe(expected.queryTokensCut);
    expect(pair.documentTokensCut).toBe(expected.documentTokensCut);
  });

  test("the fixture cuts by every rule", () => {
    expect(new Set(pairs.map(({ rule }) => rule))).toEqual(
      new Set(["whole", "the library, longest_first", "the library, only_second", "our rule"]),
    );
  });
});

describe("a text made to be slow is done in linear time", () => {
  // Each would take the library, or a quadratic algorithm, longer than a test may run.
  test.each([
    ["accents in an order that asks for sorting", "\u0301\u0316".repeat(200_000), 0],
    [
      "words of 99 letters that spell nothing",
      `${"qzxj".repeat(24)}qzx `.repeat(5_000),
      5_000 * 99,
    ],
    ["one word of a million letters", "x".repeat(1_000_000), 1],
    ["a million spaces", " ".repeat(1_000_000), 0],
    ["200,000 special tokens without a space", "[SEP]".repeat(200_000), 200_000],
    ["special tokens that never end", "[SE".repeat(50_000), 100_000],
    ["a million lone surrogates", "\ud800".repeat(1_000_000), 0],
  ])("%s", (_name, text, tokens) => {
    expect(tokenizer.encode(text).length).toBe(tokens);
  });
});

test("a lone surrogate counts as nothing, as the replacement character it would be in UTF-8", () => {
  expect(tokenizer.encode("hel\ud800lo wor\udc00ld")).toEqual(
    tokenizer.encode("hel\ufffdlo wor\ufffdld"),
  );
  expect(tokenizer.encode("hel\ud800lo wor\udc00ld")).toEqual(tokenizer.encode("hello world"));
});

function digest(start: number, blockSize: number): string {
  const words: string[] = [];
  for (let code = start; code < start + blockSize; code++) {
    const character = String.fromCodePoint(code);
    if (code < 0xd800 || code >= 0xe000) words.push(character, `x${character}x`);
  }
  return createHash("sha256")
    .update(tokenizer.encode(words.join(" ")))
    .digest("hex");
}
