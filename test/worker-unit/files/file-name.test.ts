import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkFileName, fileNameOf } from "../../../worker/files/file-name.ts";
import { JOB_LIMITS } from "../../../worker/limits.ts";

describe("a name that a file may have", () => {
  test.each([
    "pairs.csv",
    "a/b/c.jsonl.gz",
    "...",
    "a..b/.hidden",
    "100%.csv",
    "%zz",
    "e\u0301 日本 🙂",
    "files/jobs/r2:",
    "a=b/1-2+3@4",
    " ",
  ])("%j is kept as it is", (name) => {
    expect(checkFileName(name)).toEqual({ ok: true, value: name });
  });
});

describe("a name that no file may have", () => {
  test.each([
    ["", "empty"],
    ["/a", "slash"],
    ["a/", "slash"],
    ["a//b", "slash"],
    ["/", "slash"],
    [".", "segment"],
    ["..", "segment"],
    ["a/../b", "segment"],
    ["a/.", "segment"],
    ["=1+1.csv", "formula"],
    ["+1.csv", "formula"],
    ["-1.csv", "formula"],
    ["@SUM(A1)", "formula"],
    ["a/=cmd|' /C calc'!A0", "formula"],
    ["＝1+1.csv", "formula"],
    ["a\\b", "backslash"],
    ["..\\jobs", "backslash"],
    ["a\0b", "control"],
    ["a\nb", "control"],
    ["a\u007f", "control"],
    ["a\u0085", "control"],
    ["\ud800", "Unicode"],
    ["%2e%2e/jobs", "percent"],
    ["a%2Fb", "percent"],
    ["a%20b", "percent"],
  ])("%j: %s", (name, problem) => {
    expect(checkFileName(name)).toMatchObject({
      failure: {
        kind: "invalid_value",
        param: "name",
        problem: expect.stringContaining(problem) as string,
      },
    });
  });

  test("one that is a byte too long, with its bytes and not its characters", () => {
    const longest = "ä".repeat(JOB_LIMITS.maxFileNameBytes / 2);
    expect(checkFileName(longest).ok).toBe(true);
    expect(checkFileName(`${longest}a`)).toMatchObject({
      failure: { kind: "over_limit", limit: "maxFileNameBytes", actual: 513, param: "name" },
    });
  });
});

describe("the name in an address", () => {
  test.each([
    ["/files/pairs.csv", "pairs.csv"],
    ["/files/a/b%20c.csv?uploadId=x", "a/b c.csv"],
    ["/files/a%2Fb", "a/b"],
    ["/files/a+b%3F%23", "a+b?#"],
    ["/%66iles/a", "a"],
    ["/files/100%25.csv", "100%.csv"],
  ])("%s is decoded once", (path, name) => {
    expect(fileNameOf(`http://x${path}`)).toEqual({ ok: true, value: name });
  });

  test.each([
    "/files/..%2Fjobs%2Fa",
    "/files/a%2F..%2Fb",
    "/files/%252e%252e%252fjobs",
    "/files/a%5C..",
    "/files/a%00",
    "/files/a%0Ab",
    "/files/%C0%AE%C0%AE",
    "/files/%ff",
    "/files/%",
    "/files/%ED%A0%80",
    "/files/%2Fa",
  ])("%s is refused", (path) => {
    expect(fileNameOf(`http://x${path}`).ok).toBe(false);
  });

  test("of any text, encoded, is that text or is refused", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), (text) => {
        if (!text.isWellFormed()) return;
        const found = fileNameOf(`http://x/files/${encodeURIComponent(text)}`);
        // A segment of dots alone never reaches a route: URLs have lost it.
        if (/^\.{1,2}$/.test(text)) return;
        expect(found).toEqual(checkFileName(text));
      }),
    );
  });
});
