import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Deadline } from "../../worker/deadline.ts";
import { IDLE_SLICE_LAYER_TOKENS, POLITE_MS, SLICE_LAYER_TOKENS } from "../../worker/limits.ts";
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

describe("a batch has", () => {
  test("as many tokens as the model can for a request that is alone in the line", () => {
    const line = queueAt(0);
    line.enter();
    expect(turnsOf(line).batchTokens(4 * SLICE_LAYER_TOKENS)).toBe(4 * SLICE_LAYER_TOKENS);
  });

  test("no more than a slice of one layer while another one waits", () => {
    const line = queueAt(0);
    const turns = turnsOf(line);
    line.wait(1);
    line.wait(1);
    expect(turns.batchTokens(4 * SLICE_LAYER_TOKENS)).toBe(SLICE_LAYER_TOKENS);
    expect(turns.batchTokens(SLICE_LAYER_TOKENS / 2)).toBe(SLICE_LAYER_TOKENS / 2);
  });

  test("no more than two such slices for what yields while nobody else has come for long", () => {
    const line = queueAt(POLITE_MS);
    const turns = turnsOf(line);
    turns.yieldToOthers();
    expect(turns.batchTokens(4 * SLICE_LAYER_TOKENS)).toBe(IDLE_SLICE_LAYER_TOKENS);
    line.queue.leave(line.enter());
    expect(turns.batchTokens(4 * SLICE_LAYER_TOKENS)).toBe(SLICE_LAYER_TOKENS);
  });
});

describe("between two slices", () => {
  beforeEach(() => void vi.useRealTimers());

  /** Turns of the event loop until the next slice may begin. */
  async function turnsUntilNext(turns: Turns): Promise<number> {
    await turns.next("tokenization");
    const delays = vi.spyOn(globalThis, "setTimeout");
    await turns.next("inference");
    const count = delays.mock.calls.length;
    delays.mockRestore();
    return count;
  }

  test("is one turn of the event loop for a request that is alone", async () => {
    expect(await turnsUntilNext(turnsOf(queueAt(0)))).toBe(1);
  });

  test("are three while another one is open, which may be read and refused meanwhile, or get its place", async () => {
    const line = queueAt(0);
    const turns = turnsOf(line);
    line.enter();
    expect(await turnsUntilNext(turns)).toBe(3);
  });

  test("are three for what yields just after another one has left", async () => {
    const line = queueAt(0);
    const turns = turnsOf(line);
    turns.yieldToOthers();
    line.queue.leave(line.enter());
    expect(await turnsUntilNext(turns)).toBe(3);
    line.clock.ms += 10;
    expect(await turnsUntilNext(turns)).toBe(1);
  });
});
