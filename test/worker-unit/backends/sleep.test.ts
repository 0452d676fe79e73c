import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sleep } from "../../../worker/backends/sleep.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => false)]);
}

test("it ends after its time", async () => {
  const { signal } = new AbortController();
  const sleeping = sleep(1_000, signal);
  await vi.advanceTimersByTimeAsync(999);
  expect(await isSettled(sleeping)).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await sleeping;
  expect([vi.getTimerCount(), getEventListeners(signal, "abort").length]).toEqual([0, 0]);
});

test("it ends when the signal is aborted, and leaves no timer", async () => {
  const controller = new AbortController();
  const sleeping = sleep(1_000, controller.signal);
  controller.abort();
  await sleeping;
  const listeners = getEventListeners(controller.signal, "abort").length;
  expect([vi.getTimerCount(), listeners]).toEqual([0, 0]);
});

test("it does not begin when the signal is aborted already", async () => {
  await sleep(1_000, AbortSignal.abort());
  expect(vi.getTimerCount()).toBe(0);
});
