import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { JOB_LIMITS, LIMITS, SLICE_CHARS } from "../../worker/limits.ts";
import { BORDERS } from "./limit-borders.ts";

test.each(Object.entries(LIMITS))(
  "%s says its unit and is a whole number over 0",
  (name, value) => {
    expect(name).toMatch(/^max\w*(Bytes|Seconds|Depth|Values|Documents|Chars|Tokens|Requests)$/);
    expect(Number.isInteger(value) && value > 0).toBe(true);
  },
);

test("what one limit allows, no other forbids", () => {
  // Characters of at most three UTF-8 bytes fill a body only with syntax left over.
  expect(LIMITS.maxBodyBytes).toBeGreaterThan(3 * LIMITS.maxTotalChars);
  expect(LIMITS.maxTotalChars).toBeGreaterThan(LIMITS.maxDocumentChars + LIMITS.maxQueryChars);
  expect(LIMITS.maxJsonValues).toBeGreaterThan(10 * LIMITS.maxDocuments);
  expect(LIMITS.maxQueuedBytes).toBeGreaterThanOrEqual(2 * LIMITS.maxBodyBytes);
  expect(SLICE_CHARS).toBeGreaterThanOrEqual(LIMITS.maxDocumentChars);
});

test.each(Object.keys({ ...LIMITS, ...JOB_LIMITS }))("%s has a test at its border", (name) => {
  const border = BORDERS[name as keyof typeof BORDERS];
  expect(border, "limit-borders.ts names no test").toBeDefined();
  const [file, title] = border;
  expect(readFileSync(join(import.meta.dirname, "..", file), "utf8")).toContain(title);
});
