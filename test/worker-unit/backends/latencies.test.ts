import { expect, test } from "vitest";
import { Latencies } from "../../../worker/backends/latencies.ts";

function after(durations: number[]): Latencies {
  const latencies = new Latencies();
  for (const ms of durations) latencies.add(ms);
  return latencies;
}

test("nothing is said of fewer than 20 calls", () => {
  expect(after(Array(19).fill(5)).p95()).toBe(undefined);
  expect(after(Array(20).fill(5)).p95()).toBe(5);
});

test("one call of twenty may be slower", () => {
  expect(after([...Array(19).fill(5), 900]).p95()).toBe(5);
  expect(after([...Array(18).fill(5), 700, 900]).p95()).toBe(700);
});

test("durations are compared as numbers, in whatever order they came", () => {
  expect(after(Array.from({ length: 100 }, (_, index) => 100 - index)).p95()).toBe(95);
});

test("only the last 200 calls count", () => {
  expect(after([...Array(200).fill(1_000), ...Array(200).fill(3)]).p95()).toBe(3);
});
