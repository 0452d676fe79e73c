/** docs/threats.md names tests; each must be one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

const page = readFileSync(join(ROOT, "docs/threats.md"), "utf8");

/** `FILE.ts`: "a test"; "another test", as the last cells of the tables have it. */
const CITATIONS = Array.from(
  page.matchAll(/`([\w/-]+\.(?:test|contract)\.ts)`: ((?:"[^"]+"(?:; )?)+)/g),
  ([, file, names]) =>
    [file!, Array.from(names!.matchAll(/"([^"]+)"/g), ([, name]) => name!)] as const,
);

test("every row of its tables names a test", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| **"));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row).toMatch(/\.ts`: "/);
});

test.each(CITATIONS)("%s has the tests that it is cited for", (file, names) => {
  const source = readFileSync(join(ROOT, "test", file), "utf8");
  // Titles may be written over several lines of code, but not be cut.
  for (const name of names) expect(source).toContain(name);
});
