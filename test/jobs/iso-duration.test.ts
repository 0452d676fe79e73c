import { expect, test } from "vitest";
import { parseDurationSeconds } from "../../worker/jobs/iso-duration.ts";

test.each([
  ["PT30S", 30],
  ["PT1.5S", 1.5],
  ["PT5M", 300],
  ["PT1H30M", 5_400],
  ["P1D", 86_400],
  ["P1DT1S", 86_401],
])("%s is %d seconds", (text, seconds) => {
  expect(parseDurationSeconds(text)).toBe(seconds);
});

test.each(["", "P", "PT", "30", "30S", "PT-1S", "P1Y", "pt30s", "PT30S "])("%j is none", (text) => {
  expect(parseDurationSeconds(text)).toBeNull();
});
