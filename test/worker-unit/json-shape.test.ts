import fc from "fast-check";
import { expect, test } from "vitest";
import { checkJsonShape } from "../../worker/json-shape.ts";
import { LIMITS } from "../../worker/limits.ts";

const nest = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

test("a body may be as deep as the limit and no deeper", () => {
  expect(checkJsonShape(nest(LIMITS.maxJsonDepth))).toBeUndefined();
  const actual = LIMITS.maxJsonDepth + 1;
  expect(checkJsonShape(nest(actual))).toEqual({ kind: "too_deep", actual });
  expect(checkJsonShape('{"a":'.repeat(actual) + "1" + "}".repeat(actual))).toEqual({
    kind: "too_deep",
    actual,
  });
});

test("lists beside one another are not deep", () => {
  expect(checkJsonShape(`[${nest(20)},${nest(20)},{"a":${nest(20)}}]`)).toBeUndefined();
});

test("a body may have as many values as the limit and no more", () => {
  const list = (length: number): string => JSON.stringify(Array(length).fill(0));
  expect(checkJsonShape(list(LIMITS.maxJsonValues - 1))).toBeUndefined();
  expect(checkJsonShape(list(LIMITS.maxJsonValues))).toEqual({
    kind: "over_limit",
    limit: "maxJsonValues",
    actual: LIMITS.maxJsonValues + 1,
    param: "body",
  });
});

test("what stands in strings does not count, however it is escaped", () => {
  const text = '\\"[{,'.repeat(LIMITS.maxJsonValues);
  expect(checkJsonShape(JSON.stringify({ [text]: text, "\\": '"[[[' }))).toBeUndefined();
});

test("the depth of any JSON value is found", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
      : 0;
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), (value, spaced) => {
      const extra = LIMITS.maxJsonDepth - 3;
      const text =
        "[".repeat(extra) + JSON.stringify(value, null, spaced ? 2 : 0) + "]".repeat(extra);
      const depth = extra + depthOf(value);
      expect(checkJsonShape(text)).toEqual(
        depth > LIMITS.maxJsonDepth ? { kind: "too_deep", actual: depth } : undefined,
      );
    }),
    { seed: 4, numRuns: 500 },
  );
});

test.each(["", '"', '"\\', "]]]", '{"a":', "\u0000"])(
  "%j, which is no JSON, is left to the parser",
  (text) => {
    expect(checkJsonShape(text)).toBeUndefined();
  },
);
