import { expect, test } from "vitest";
import { PairTokenizer } from "../../engine/index.ts";
import { wordTags } from "../../worker/word-tags.ts";
import { defaultTokenizerJson } from "../fixtures/engine.ts";

const tokenizer = new PairTokenizer(defaultTokenizerJson, 12);

/** Each word's tag names the token that it is the tag of. */
function firstTokens(text: string): string[] {
  const tokens = tokenizer.align(text);
  return wordTags(text, tokens, (token) => tokenizer.tokenOf(tokens.ids[token]!));
}

test.each<[string, string, string[]]>([
  ["words that are tokens", "the river bank", ["the", "river", "bank"]],
  ["words of several tokens", "Je m'appelle jean-baptiste.", ["je", "m", "jean"]],
  ["words that begin with punctuation", "(the) 'river'", ["(", "'"]],
  ["more than one space between words", "  the   river ", ["the", "river"]],
  ["other white space, which ends no word", "the\triver\nbank of", ["the", "of"]],
  ["a word that leaves no token", "the \u0000\u200b river", ["the", "river"]],
  ["an accent or an emoji before", "café 😀 naïve", ["cafe", "[UNK]", "naive"]],
  [
    "words behind the window",
    "one two three four five six seven eight nine ten a b",
    "one two three four five six seven eight nine ten".split(" "),
  ],
  ["no words", "", []],
])("of %s", (_, text, expected) => {
  expect(firstTokens(text)).toEqual(expected);
});
