import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Deadline } from "../../worker/deadline.ts";
import { SLICE_LAYER_TOKENS } from "../../worker/limits.ts";
import { Turns } from "../../worker/turns.ts";
import { queueAt } from "./queue-at.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function turnsOf({ queue, enter }: ReturnType<typeof queueAt>): Turns {
  const deadline = new Deadline(1_000, new AbortController().signal, Date.now);
  return new Turns(queue, enter(), deadline);
}

describe("a batch is computed", () => {
  test("in one slice for a request that is alone", () => {
    expect(turnsOf(queueAt(0)).sliceLayers(10 * SLICE_LAYER_TOKENS)).toBe(Infinity);
  });

  test.each([
    [1, SLICE_LAYER_TOKENS],
    [SLICE_LAYER_TOKENS / 2, 2],
    [SLICE_LAYER_TOKENS, 1],
    [2 * SLICE_LAYER_TOKENS, 1],
  ])("of %i tokens in slices of %i layers beside another request", (tokens, layers) => {
    const line = queueAt(0);
    const turns = turnsOf(line);
    line.enter();
    expect(turns.sliceLayers(tokens)).toBe(layers);
  });

  test("in slices for what yields, also when it is alone", () => {
    const turns = turnsOf(queueAt(0));
    turns.yieldToOthers();
    expect(turns.sliceLayers(2 * SLICE_LAYER_TOKENS)).toBe(1);
  });
});
