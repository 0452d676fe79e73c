import { expect, test } from "vitest";
import { pythonList } from "../../worker/protocols/python-list.ts";

// The right-hand sides are what Python 3.11 prints for `str([...])`.
test.each<[string[], string]>([
  [[], "[]"],
  [["O", "B-LOC"], "['O', 'B-LOC']"],
  [["it's"], `["it's"]`],
  [[`say "it's"`], `['say "it\\'s"']`],
  [["back\\slash"], "['back\\\\slash']"],
  [["a\tb\nc\rd"], "['a\\tb\\nc\\rd']"],
  [["\u0000\u007f\u00a0\u200b"], "['\\x00\\x7f\\xa0\\u200b']"],
  [["é 漢 😀"], "['é 漢 😀']"],
  [["\u{e0001}"], "['\\U000e0001']"],
])("%j is written as Python writes it", (texts, expected) => {
  expect(pythonList(texts)).toBe(expected);
});
