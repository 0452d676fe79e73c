import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hanging, ranking, reply, stubService, unreachable, type Reply } from "./stub-service.ts";

const unhandled: unknown[] = [];
const listen = (reason: unknown) => void unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", listen);
});

afterEach(() => {
  process.off("unhandledRejection", listen);
  vi.useRealTimers();
});

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test("10,000 calls of every outcome leave no timer, no listener and no unhandled rejection", async () => {
  const signal = new AbortController().signal;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const quick = { "retry-after-ms": "0" };
  const outcomes: Reply[] = [ranking, reply(400), reply(503, {}, quick), unreachable, hanging];
  let next = 0;
  const { client } = stubService((sent) => outcomes[next++ % outcomes.length]!(sent), {
    timeout: 50,
    maxRetries: 1,
  });
  let settled = 0;
  const call = async (index: number): Promise<void> => {
    const params = { query: "q", documents: ["0.5"], failOpen: index % 2 === 0 };
    const own = client.rerank(params, { signal });
    const used: Promise<unknown> = index % 3 === 0 ? own.withResponse() : own;
    await used.catch(() => {});
    settled++;
  };
  for (let start = 0; start < 10_000; start += 500) {
    const calls = Array.from({ length: 500 }, (_, index) => call(start + index));
    await vi.runAllTimersAsync();
    await Promise.all(calls);
  }
  expect(settled).toBe(10_000);
  expect(vi.getTimerCount()).toBe(0);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  await someTurns();
  expect(unhandled).toEqual([]);
});

test.each(["the promise", "withResponse", "both"])(
  "a failure is handled by whoever uses %s",
  async (who) => {
    const { client } = stubService(reply(400));
    const call = client.rerank({ query: "q", documents: ["a"] });
    const used: Promise<unknown>[] = [];
    if (who !== "withResponse") used.push(call);
    if (who !== "the promise") used.push(call.withResponse());
    for (const { status } of await Promise.allSettled(used)) expect(status).toBe("rejected");
    await someTurns();
    expect(unhandled).toEqual([]);
  },
);

test("a fetch that fails after the time was over is not unhandled", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let fail!: (error: Error) => void;
  const late: Reply = () => new Promise((_, reject) => (fail = reject));
  const { client } = stubService(late, { timeout: 10, maxRetries: 0 });
  const failed = client.rerank({ query: "q", documents: ["a"] }).catch((error) => error.kind);
  await vi.advanceTimersByTimeAsync(10);
  expect(await failed).toBe("timeout");
  fail(new TypeError("too late"));
  await someTurns();
  expect(unhandled).toEqual([]);
});
