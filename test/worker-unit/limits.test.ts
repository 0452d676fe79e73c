import { expect, test } from "vitest";
import { LIMITS, SLICE_CHARS } from "../../worker/limits.ts";

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
