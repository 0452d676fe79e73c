import { describe, expect, test } from "vitest";
import type { UpstreamFailure } from "../../../worker/backends/upstream-failure.ts";
import { documents, scripted } from "./scripted-backend.ts";

const BROKEN: UpstreamFailure = { kind: "status", status: 500, retryAfterMs: null };

/** A backend whose last 20 calls took 100 ms each. */
function measured(...options: Parameters<typeof scripted>) {
  const [answer, limits] = options;
  const backend = scripted(answer, { hedge: true, maxRetries: 0, ...limits });
  for (let call = 0; call < 20; call++) backend.latencies.add(100);
  return backend;
}

describe("a call that is slow", () => {
  test("is copied after the 95th percentile; the first answer wins and the other call is ended", async () => {
    const { send, calls, time } = measured(({ number }) => ({
      afterMs: number === 0 ? 9_000 : 80,
    }));
    expect(await send(documents(5))).toMatchObject({
      ok: true,
      value: { logits: [0, 1, 2, 3, 4], calls: 2 },
    });
    expect(calls).toMatchObject([
      { startMs: 0, endMs: 180, isAborted: true },
      { startMs: 100, endMs: 180, isAborted: false, documents: calls[0]!.documents },
    ]);
    expect([time.nowMs, time.sleeping]).toEqual([180, 0]);
  });

  test("may still be the one that wins", async () => {
    const { send, calls } = measured(({ number }) => ({ afterMs: number === 0 ? 150 : 80 }));
    expect((await send(documents(5))).ok).toBe(true);
    expect(calls.map(({ isAborted }) => isAborted)).toEqual([false, true]);
  });

  test("is copied once only", async () => {
    const { send, calls } = measured(() => ({ afterMs: 5_000 }));
    expect((await send(documents(5))).ok).toBe(true);
    expect(calls.length).toBe(2);
  });

  test.each([
    ["first", 0],
    ["second", 1],
  ])("is answered although the %s of the two fails", async (_, failing) => {
    const { send } = measured(({ number }) =>
      number === failing ? { afterMs: 120, failure: BROKEN } : { afterMs: 900 },
    );
    expect(await send(documents(1))).toMatchObject({ ok: true, value: { logits: [0] } });
  });

  test("fails with the failure that came first if both fail", async () => {
    const { send } = measured(({ number }) =>
      number === 0
        ? { afterMs: 900, failure: BROKEN }
        : { afterMs: 10, failure: { kind: "unreachable" } },
    );
    expect(await send(documents(1))).toEqual({ ok: false, failure: { kind: "unreachable" } });
  });
});

describe("no copy is sent", () => {
  test.each([
    ["of a call that is fast", 99, {}],
    ["unless hedging is on", 9_000, { hedge: false }],
    ["without a free slot", 9_000, { maxConcurrency: 1 }],
  ])("%s", async (_, afterMs, limits) => {
    const { send, calls } = measured(() => ({ afterMs }), limits);
    expect((await send(documents(10))).ok).toBe(true);
    expect(calls.length).toBe(1);
  });

  test("before 20 calls were measured", async () => {
    const { send, calls } = scripted(() => ({ afterMs: 9_000 }), { hedge: true });
    expect((await send(documents(10))).ok).toBe(true);
    expect(calls.length).toBe(1);
  });

  test("of a call that fails while it is waited for", async () => {
    const { send, calls, time } = measured(() => ({ afterMs: 50, failure: BROKEN }));
    expect(await send(documents(1))).toEqual({ ok: false, failure: BROKEN });
    expect([calls.length, time.nowMs]).toEqual([1, 50]);
  });
});

test("copies count among the calls that may be under way at once", async () => {
  const { send, latencies, underWay, calls } = measured(() => ({ afterMs: 400 }), {
    maxDocuments: 1,
  });
  for (let call = 20; call < 200; call++) latencies.add(100);
  expect(await send(documents(8))).toMatchObject({ ok: true, value: { calls: 10 } });
  expect(calls.map(({ startMs }) => startMs)).toEqual([0, 0, 0, 0, 0, 0, 400, 400, 500, 500]);
  expect(underWay.most).toBe(6);
});

test("a copy that has ended leaves its slot to the copy of the next try", async () => {
  const script = [
    { afterMs: 150, failure: BROKEN },
    { afterMs: 80, failure: BROKEN },
    { afterMs: 9_000 },
    { afterMs: 50 },
  ];
  const { send, calls } = measured(({ number }) => script[number]!, {
    maxConcurrency: 2,
    maxRetries: 1,
  });
  expect(await send(documents(1))).toMatchObject({ ok: true, value: { logits: [0], calls: 4 } });
  expect(calls.map(({ startMs }) => startMs)).toEqual([0, 100, 430, 530]);
});

test("a client that hangs up ends the call and its copy", async () => {
  const client = new AbortController();
  const { send, calls, time } = measured(({ number }) => {
    if (number === 1) void time.sleep(50, client.signal).then(() => client.abort());
    return { afterMs: 9_000 };
  });
  const failure = { kind: "aborted" };
  expect(await send(documents(1), { signal: client.signal })).toEqual({ ok: false, failure });
  expect(calls.map(({ isAborted }) => isAborted)).toEqual([true, true]);
  expect([time.nowMs, time.sleeping]).toEqual([150, 0]);
});

test("a slow call of the last parts is copied as soon as others have left a slot", async () => {
  const { send, calls } = measured(({ number }) => ({ afterMs: number === 0 ? 9_000 : 200 }), {
    maxDocuments: 1,
    maxConcurrency: 2,
  });
  expect(await send(documents(3))).toMatchObject({ ok: true, value: { logits: [0, 1, 2] } });
  const copy = calls.at(-1)!;
  expect(copy.documents).toEqual(["0"]);
  expect(copy.startMs).toBeGreaterThanOrEqual(400);
  expect(copy.startMs).toBeLessThanOrEqual(420);
});
