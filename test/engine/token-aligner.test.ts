import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { PairTokenizer } from "../../engine/index.ts";
import type { AlignedTokens } from "../../engine/token-aligner.ts";
import { defaultTokenizerJson } from "../fixtures/engine.ts";
import { offsetsFixture } from "../fixtures/offsets-fixture.ts";
import { tokenizerFixture } from "../fixtures/tokenizer-fixture.ts";

/** A window that holds every text of the fixtures, so that nothing is cut. */
const tokenizer = new PairTokenizer(defaultTokenizerJson, 1_000_000);
const { manifest, texts, characters } = offsetsFixture;

describe(`tokens stand where Python's ${manifest.library} ${manifest.version} finds them`, () => {
  test.each(tokenizerFixture.texts)("$name", ({ name, text, ids }) => {
    const aligned = tokenizer.align(text);
    expect(aligned.ids).toEqual(ids);
    expect(inCodePoints(text, aligned)).toEqual(texts[name]);
  });

  test("every character of the first planes and of samples beyond, alone and inside a word", () => {
    const differing = characters.blocks
      .filter(({ start, sha256 }) => digest(start, characters.blockSize) !== sha256)
      .map(({ start }) => `U+${start.toString(16)}`);
    expect(differing).toEqual([]);
  }, 30_000);
});

describe("places in a text", () => {
  test("count UTF-16 units of the text as it was given", () => {
    const text = "😀 Caf\u00e9s, \u0000\u200bna\u00efve";
    const { starts, ends } = tokenizer.align(text);
    const spans = starts.map((start, index) => text.slice(start, ends[index]));
    expect(spans).toEqual(["😀", "Cafés", ",", "naïve"]);
  });

  test("are of as many tokens as fit the window beside [CLS] and [SEP]", () => {
    const small = new PairTokenizer(defaultTokenizerJson, 6);
    const text = "unaffable [SEP] words and more words";
    const whole = tokenizer.align(text);
    expect(small.align(text)).toEqual({
      ids: whole.ids.slice(0, 4),
      starts: whole.starts.slice(0, 4),
      ends: whole.ends.slice(0, 4),
    });
    const pair = small.pair(small.encode(text), null);
    expect(Array.from(pair.inputIds.subarray(1, -1))).toEqual(whole.ids.slice(0, 4));
  });

  test("of a special token that strips take the white space around it", () => {
    const json = JSON.parse(defaultTokenizerJson) as { added_tokens: object[] };
    const strips = { lstrip: true, rstrip: true };
    json.added_tokens = json.added_tokens.map((token) => ({ ...token, ...strips }));
    const stripping = new PairTokenizer(JSON.stringify(json), 512);
    // What Python's tokenizers 0.23.3 gives.
    const { ids, starts, ends } = stripping.align("a  [MASK]\t b[MASK] [SEP]");
    expect(ids).toEqual([1037, 103, 1038, 103, 102]);
    expect(starts).toEqual([0, 1, 11, 12, 19]);
    expect(ends).toEqual([1, 11, 12, 19, 24]);
    expect(stripping.align(" ".repeat(1_000_000)).ids).toEqual([]);
  });

  test("of a lone surrogate are nowhere: it leaves no token", () => {
    const { starts, ends } = tokenizer.align("a\ud800 b");
    expect([starts, ends]).toEqual([
      [0, 3],
      [1, 4],
    ]);
  });

  test.each([
    ["accents that never end", "\u0301\u0316".repeat(200_000)],
    ["special tokens that never end", "[SE".repeat(50_000)],
    ["words of 99 letters that spell nothing", `${"qzxj".repeat(24)}qzx `.repeat(5_000)],
    ["one word of a million letters", "x".repeat(1_000_000)],
  ])("of %s are found in linear time", (_, text) => {
    expect(new PairTokenizer(defaultTokenizerJson, 512).align(text).ids.length).toBeLessThan(511);
  });
});

describe("tokens as text", () => {
  const decode = (text: string): string =>
    tokenizer.decode(tokenizer.align(text).ids.map((id) => tokenizer.tokenOf(id)));

  test("are words with spaces between them, pieces joined, English punctuation drawn up", () => {
    expect(decode("Unaffable, I can't! O'Clock")).toBe("unaffable, i can ' t! o ' clock");
  });

  test("keep the first piece as it is", () => {
    expect(tokenizer.decode(["##able", "##s", "in", "x"])).toBe("##ables in x");
  });
});

/** Start and end of each token, one after the other. */
function inCodePoints(text: string, { starts, ends }: AlignedTokens): number[] {
  const places = new Int32Array(text.length + 1);
  for (let unit = 0, point = 0; unit <= text.length; point++) {
    places[unit] = point;
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  const offsets: number[] = [];
  for (const [index, start] of starts.entries())
    offsets.push(places[start]!, places[ends[index]!]!);
  return offsets;
}

function digest(start: number, blockSize: number): string {
  const words: string[] = [];
  for (let code = start; code < start + blockSize; code++) {
    const character = String.fromCodePoint(code);
    if (code < 0xd800 || code >= 0xe000) words.push(character, `x${character}x`);
  }
  const text = words.join(" ");
  const offsets = inCodePoints(text, tokenizer.align(text));
  return createHash("sha256").update(Int32Array.from(offsets)).digest("hex");
}
