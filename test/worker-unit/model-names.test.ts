import { expect, test } from "vitest";
import { nameOf, parseAliases } from "../../worker/model-names.ts";

const SERVED = ["x/default", "x/large", "y/large", "jina"];
const ALIASES = ["jina", "rerank-v3.5", "large"];

test.each<[string | undefined, string | undefined, string]>([
  [undefined, "x/default", "no name is the default"],
  ["", "x/default", "an empty name is the default"],
  ["default", "x/default", "the common alias is the default"],
  ["rerank-v3.5", "x/default", "the operator's alias is the default"],
  ["x/large", "x/large", "a model's own name is that model"],
  ["jina", "jina", "a model's own name goes before another's alias"],
  ["large", "x/default", "an alias goes before a name without its organisation"],
  ["X/large", undefined, "another letter is another name"],
  ["x/", undefined, "a part of a name is none"],
])("%j means %j: %s", (...[requested, expected]) => {
  expect(nameOf(requested, SERVED, ALIASES)).toBe(expected);
});

test("a name without its organisation is the first model that has it", () => {
  expect(nameOf("large", SERVED, [])).toBe("x/large");
});

test("aliases are separated by commas, and white space and gaps count for nothing", () => {
  expect(parseAliases(" a, b/c ,,")).toEqual(["a", "b/c"]);
  expect(parseAliases("")).toEqual([]);
});
