/** `/tokenize` against Python's `tokenizers`, whose tokens and offsets TEI gives. */
import { describe, expect, test } from "vitest";
import { PairTokenizer } from "../../../engine/index.ts";
import type { TeiToken } from "../../../sdk/index.ts";
import { formatTeiTokens, parseTeiTokenize } from "../../../worker/protocols/tei-tokenize.ts";
import { defaultTokenizerJson } from "../../fixtures/engine.ts";
import { offsetsFixture } from "../../fixtures/offsets-fixture.ts";
import { tokenizerFixture } from "../../fixtures/tokenizer-fixture.ts";

const tokenizer = new PairTokenizer(defaultTokenizerJson, 512);

function tokensOf(text: string, addSpecialTokens = true): TeiToken[] {
  const wellFormed = text.toWellFormed();
  const aligned = tokenizer.align(wellFormed, 1_000_000);
  return formatTeiTokens(wellFormed, aligned, tokenizer, addSpecialTokens);
}

const { manifest, texts } = offsetsFixture;

test.each(tokenizerFixture.texts)(
  `$name: ids and places of ${manifest.library} ${manifest.version}, special tokens around them`,
  ({ name, text, ids }) => {
    const [first, ...rest] = tokensOf(text);
    const last = rest.pop();
    expect([first, last]).toEqual(
      [
        [101, "[CLS]"],
        [102, "[SEP]"],
      ].map(([id, special]) => ({ id, text: special, special: true, start: null, stop: null })),
    );
    expect(rest.map(({ id }) => id)).toEqual(ids);
    expect(rest.flatMap(({ start, stop }) => [start, stop])).toEqual(texts[name]);
    const characters = [...text.toWellFormed()];
    for (const token of rest) {
      expect(token.special).toBe(false);
      expect(token.text).toBe(characters.slice(token.start!, token.stop!).join(""));
    }
  },
);

test("a special token that the text spells has a place and is not special", () => {
  expect(tokensOf("a [SEP]", false)).toEqual([
    { id: 1037, text: "a", special: false, start: 0, stop: 1 },
    { id: 102, text: "[SEP]", special: false, start: 2, stop: 7 },
  ]);
});

test("more tokens than the window has are all there", () => {
  expect(tokensOf("a ".repeat(600))).toHaveLength(602);
});

describe("a body", () => {
  test.each([
    [{ inputs: "a" }, { texts: ["a"], addSpecialTokens: true, isBatch: false }],
    [{ inputs: ["a", "b"] }, { texts: ["a", "b"], addSpecialTokens: true, isBatch: true }],
    [
      { inputs: ["a"], add_special_tokens: false, prompt_name: "query" },
      { texts: ["a"], addSpecialTokens: false, isBatch: true },
    ],
  ])("%j is read", (body, expected) => {
    expect(parseTeiTokenize(body)).toEqual({ ok: true, value: expected });
  });

  test.each<[unknown, string, string | undefined]>([
    [null, "invalid_value", undefined],
    ["a", "invalid_value", undefined],
    [{}, "invalid_value", "inputs"],
    [{ inputs: [] }, "empty_list", "inputs"],
    [{ inputs: "" }, "invalid_value", "inputs[0]"],
    [{ inputs: [["a"]] }, "invalid_value", "inputs[0]"],
    [{ inputs: "a", add_special_tokens: "no" }, "invalid_value", "add_special_tokens"],
  ])("%j is refused", (body, kind, param) => {
    expect(parseTeiTokenize(body)).toMatchObject({ failure: { kind, ...(param && { param }) } });
  });
});
