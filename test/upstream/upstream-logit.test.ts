import { expect, test } from "vitest";
import { upstreamLogit } from "./upstream-logit.ts";

test("a pair's logit is a function of its two texts, spread over (-8, 8)", () => {
  expect(upstreamLogit("ab", "c")).toBe(upstreamLogit("ab", "c"));
  expect(upstreamLogit("ab", "c")).not.toBe(upstreamLogit("a", "bc"));
  const logits = Array.from({ length: 4000 }, (_, index) =>
    upstreamLogit("q", `document ${index}`),
  );
  expect(new Set(logits).size).toBe(logits.length);
  expect(Math.max(...logits)).toBeLessThan(8);
  expect(Math.min(...logits)).toBeGreaterThan(-8);
  const perQuarter = [-8, -4, 0, 4].map(
    (from) => logits.filter((logit) => logit >= from && logit < from + 4).length,
  );
  for (const count of perQuarter) expect(count).toBeGreaterThan(800);
});
