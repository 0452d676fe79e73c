import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const read = (path: string): string =>
  readFileSync(join(import.meta.dirname, "../..", path), "utf8");

test("the reference has every name that the SDK exports one by one, and no other", () => {
  const exported = Array.from(
    read("sdk/index.ts").matchAll(/^export (?:type )?\{([^}]*)\}/gm),
    ([, names = ""]) => names.split(",").map((name) => name.replace(/^\s*type\s+/, "").trim()),
  )
    .flat()
    .filter((name) => name !== "");
  const reference = read("docs/sdk.md").split("<!-- reference: made by")[1]!;
  const described = Array.from(reference.matchAll(/^### (\w+)$/gm), ([, name]) => name);
  expect(exported.length).toBeGreaterThan(10);
  expect(described.toSorted()).toEqual(exported.toSorted());
});
