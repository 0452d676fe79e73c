import { expect, test } from "vitest";
import { teiHeaders } from "../../worker/protocols/tei-headers.ts";
import { StageClock } from "../../worker/stage-times.ts";

test("a request's time is divided among its stages without rest", () => {
  let ms = 1_000;
  const clock = new StageClock(() => ms);
  const pass = (by: number): number => (ms += by);
  pass(30);
  clock.count("queue");
  pass(4.7);
  clock.count("tokenization");
  pass(50);
  clock.count("inference");
  pass(5);
  clock.count("queue");
  pass(10);
  clock.count("inference");
  const times = clock.times();
  expect(times.queueMs).toBeCloseTo(35);
  expect(times.tokenizationMs).toBeCloseTo(4.7);
  expect(times.inferenceMs).toBeCloseTo(60);
  expect(times.totalMs).toBeCloseTo(99.7);
});

test("a clock that stands still gives zeros", () => {
  const clock = new StageClock(() => 5);
  clock.count("inference");
  expect(clock.times()).toEqual({ queueMs: 0, tokenizationMs: 0, inferenceMs: 0, totalMs: 0 });
});

test("TEI's headers have whole milliseconds, cut", () => {
  const times = { queueMs: 0, tokenizationMs: 1.9, inferenceMs: 60, totalMs: 62.4 };
  expect(teiHeaders({ times, characters: 12, tokens: 8 })).toEqual({
    "x-compute-type": "cpu",
    "x-compute-time": "62",
    "x-compute-characters": "12",
    "x-compute-tokens": "8",
    "x-total-time": "62",
    "x-tokenization-time": "1",
    "x-queue-time": "0",
    "x-inference-time": "60",
  });
});
