import { expect, test } from "vitest";
import { seededRandom } from "../../tools/evaluation/random.ts";
import { arrivalsOf, draw } from "./arrivals.ts";

test("arrivals are as many as the rate says, in order, within the time, and know nothing of one another", () => {
  const moments = arrivalsOf(100, 100, seededRandom(1));
  expect(moments.length).toBeGreaterThan(9_700);
  expect(moments.length).toBeLessThan(10_300);
  expect(moments.toSorted((a, b) => a - b)).toEqual(moments);
  expect(moments.at(-1)).toBeLessThan(100_000);
  const gaps = moments.slice(1).map((moment, index) => moment - moments[index]!);
  // Of an exponential distribution with a mean of 10 ms, as many gaps are longer than it as 1/e.
  const longer = gaps.filter((gap) => gap > 10).length / gaps.length;
  expect(longer).toBeCloseTo(Math.exp(-1), 1);
});

test("the same seed gives the same arrivals", () => {
  expect(arrivalsOf(5, 10, seededRandom(3))).toEqual(arrivalsOf(5, 10, seededRandom(3)));
});

test("what weighs more is drawn more often", () => {
  const random = seededRandom(2);
  const choices = [
    { name: "often", weight: 9 },
    { name: "seldom", weight: 1 },
  ];
  const drawn = Array.from({ length: 10_000 }, () => draw(choices, random).name);
  const often = drawn.filter((name) => name === "often").length;
  expect(often).toBeGreaterThan(8_800);
  expect(often).toBeLessThan(9_200);
});
