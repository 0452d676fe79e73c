import { expect, test } from "vitest";
import { compare, percentile, spreadOf } from "./statistics.ts";

test("the spread of values is their median, least and greatest, in whatever order they come", () => {
  expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
  expect(spreadOf([10, 2, 4, 1])).toEqual({ median: 3, min: 1, max: 10 });
  expect(spreadOf([7])).toEqual({ median: 7, min: 7, max: 7 });
});

test("a percentile is one of the values, and so many percent of them are no greater", () => {
  const values = Array.from({ length: 40 }, (_, index) => 40 - index);
  expect([1, 50, 95, 100].map((percent) => percentile(values, percent))).toEqual([1, 20, 38, 40]);
  expect(percentile([7], 95)).toBe(7);
});

test("two things are measured in turn, and the ratio is taken pair by pair", async () => {
  const order: string[] = [];
  const measurer = (name: string, values: number[]) => async () => {
    order.push(name);
    return values.shift()!;
  };
  // The machine slows down threefold midway: the ratio does not notice.
  const { ours, theirs, ratio } = await compare(
    3,
    measurer("ours", [10, 30, 30]),
    measurer("theirs", [20, 60, 60]),
  );
  expect(order).toEqual(["ours", "theirs", "ours", "theirs", "ours", "theirs"]);
  expect(ours).toEqual({ median: 30, min: 10, max: 30 });
  expect(theirs).toEqual({ median: 60, min: 20, max: 60 });
  expect(ratio).toEqual({ median: 2, min: 2, max: 2 });
});
