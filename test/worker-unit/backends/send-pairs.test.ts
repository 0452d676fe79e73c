import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import type { UpstreamFailure } from "../../../worker/backends/upstream-failure.ts";
import { documents, scripted } from "./scripted-backend.ts";

const SEED = 7;

const BUSY: UpstreamFailure = { kind: "status", status: 429, retryAfterMs: null };
const BROKEN: UpstreamFailure = { kind: "status", status: 500, retryAfterMs: null };
const REFUSED: UpstreamFailure = { kind: "status", status: 400, retryAfterMs: null };
const ABORTED: UpstreamFailure = { kind: "aborted" };

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Numbers in [0, 1), the same ones in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff;
}

describe("a list over the limit", () => {
  test("is split, sent with at most maxConcurrency calls at once, and merged by position", async () => {
    const random = seeded(SEED);
    const { send, calls, underWay } = scripted(() => ({ afterMs: 1 + 100 * random() }), {
      maxDocuments: 32,
    });
    const result = await send(documents(1_000));
    expect(result).toEqual({
      ok: true,
      value: { logits: range(1_000), tokens: 10_000, calls: 32 },
    });
    expect(underWay.most).toBe(6);
    expect(Math.max(...calls.map((call) => call.documents.length))).toBe(32);
  });

  test("goes one call after the other if only one may be under way", async () => {
    const { send, underWay, time } = scripted(undefined, { maxConcurrency: 1 });
    expect((await send(documents(40))).ok).toBe(true);
    expect([underWay.most, time.nowMs]).toEqual([1, 400]);
  });

  test("of several queries keeps them apart", async () => {
    const { send, calls } = scripted();
    const pairs = documents(4).map((pair, index) => ({ ...pair, query: index < 3 ? "a" : "b" }));
    expect(await send(pairs)).toMatchObject({ ok: true, value: { logits: range(4) } });
    expect(calls.map((call) => call.query)).toEqual(["a", "b"]);
  });

  test("has tokens only if every call says them", async () => {
    const { send } = scripted(({ number }) => ({ tokens: number === 1 ? null : 5 }));
    expect(await send(documents(30))).toMatchObject({ ok: true, value: { tokens: null } });
  });
});

describe("a part that fails", () => {
  test("is tried again alone, after the backoff", async () => {
    const { send, calls } = scripted(({ number }) => (number === 1 ? { failure: BROKEN } : {}));
    expect(await send(documents(30))).toEqual({
      ok: true,
      value: { logits: range(30), tokens: 300, calls: 4 },
    });
    expect(calls.map(({ documents: [first], startMs }) => [first, startMs])).toEqual([
      ["0", 0],
      ["10", 0],
      ["20", 0],
      ["10", 100 + 250],
    ]);
  });

  test("waits for as long as the upstream wishes, if that is longer than the backoff", async () => {
    const failure = { ...BUSY, retryAfterMs: 3_000 };
    const { send, calls } = scripted(({ number }) => (number === 0 ? { failure } : {}));
    expect((await send(documents(1))).ok).toBe(true);
    expect(calls[1]?.startMs).toBe(3_100);
  });

  test("fails for good after maxRetries further tries, each later than the one before", async () => {
    const { send, calls } = scripted(() => ({ failure: BROKEN }), { maxRetries: 3 });
    expect(await send(documents(1))).toEqual({ ok: false, failure: BROKEN });
    expect(calls.map(({ startMs }) => startMs)).toEqual([0, 350, 950, 2_050]);
  });

  test("is not tried again if that cannot help", async () => {
    const { send, calls } = scripted(() => ({ failure: REFUSED }));
    expect(await send(documents(1))).toEqual({ ok: false, failure: REFUSED });
    expect(calls.length).toBe(1);
  });

  test("counts nonsense as a failure, and may do better", async () => {
    const { send, calls } = scripted(({ number }) => (number === 0 ? { scores: [NaN, 1] } : {}));
    expect(await send(documents(2))).toMatchObject({ ok: true, value: { logits: [0, 1] } });
    expect(calls.length).toBe(2);
  });

  test.each([
    [[1], "1 results for 2 documents"],
    [[1, null], "a score that is no finite number"],
  ])("with nonsense %j to the end says so", async (scores, problem) => {
    const { send } = scripted(() => ({ scores }));
    const failure = { kind: "nonsense", problem };
    expect(await send(documents(2))).toEqual({ ok: false, failure });
  });

  test("for good ends all other calls, sends no further part, and is the answer", async () => {
    const { send, calls, time } = scripted(
      ({ number }) => (number === 3 ? { afterMs: 50, failure: REFUSED } : { afterMs: 5_000 }),
      { maxDocuments: 1 },
    );
    expect(await send(documents(100))).toEqual({ ok: false, failure: REFUSED });
    expect(calls.map(({ isAborted }) => isAborted)).toEqual([true, true, true, false, true, true]);
    expect(time.nowMs).toBe(50);
  });

  test("for good ends the wait of another part", async () => {
    const { send, time } = scripted(({ number }) =>
      number === 0
        ? { afterMs: 10, failure: { ...BUSY, retryAfterMs: 9_000 } }
        : { afterMs: 100, failure: REFUSED },
    );
    expect(await send(documents(20))).toEqual({ ok: false, failure: REFUSED });
    expect([time.nowMs, time.sleeping]).toEqual([100, 0]);
  });
});

describe("the deadline", () => {
  test("is handed on with each call", async () => {
    const { send, calls } = scripted(({ number }) => (number === 0 ? { failure: BROKEN } : {}));
    await send(documents(1));
    expect(calls.map(({ remainingMs }) => remainingMs)).toEqual([30_000, 29_650]);
  });

  test("before which a wait would not end makes a part give up at once", async () => {
    const failure = { ...BUSY, retryAfterMs: 29_900 };
    const { send, calls, time } = scripted(() => ({ failure }));
    expect(await send(documents(1))).toEqual({ ok: false, failure });
    expect([calls.length, time.nowMs]).toEqual([1, 100]);
  });

  test("that is over lets no call begin", async () => {
    const { send, calls } = scripted();
    expect(await send(documents(1), { remainingMs: () => 0 })).toEqual({
      ok: false,
      failure: ABORTED,
    });
    expect(calls).toEqual([]);
  });
});

describe("a client that hangs up", () => {
  test("ends all calls", async () => {
    const client = new AbortController();
    const { send, calls } = scripted(({ number }) => {
      if (number === 2) client.abort();
      return {};
    });
    expect(await send(documents(60), { signal: client.signal })).toEqual({
      ok: false,
      failure: ABORTED,
    });
    expect(calls.every(({ isAborted }) => isAborted)).toBe(true);
  });

  test("before the first call is sent nothing", async () => {
    const { send, calls } = scripted();
    expect((await send(documents(60), { signal: AbortSignal.abort() })).ok).toBe(false);
    expect(calls).toEqual([]);
  });
});

describe("the circuit", () => {
  test("opens when calls fail in a row, and says nothing of calls that were refused", async () => {
    const { send, breaker } = scripted(({ number }) => ({
      failure: number < 5 ? REFUSED : BROKEN,
    }));
    for (let request = 0; request < 5; request++) await send(documents(1));
    expect(breaker.state).toBe("closed");
    await send(documents(1));
    expect(breaker.state).toBe("open");
  });

  test("stays open for as long as the backend wished", async () => {
    const { send, breaker } = scripted(() => ({ failure: { ...BUSY, retryAfterMs: 20_000 } }));
    for (let request = 0; request < 3; request++)
      await send(documents(1), { remainingMs: () => 1_000 });
    expect(breaker.retryAfterMs()).toBe(20_000);
  });

  test("is not opened by calls that we ended ourselves", async () => {
    const { send, breaker } = scripted(({ number }) =>
      number % 6 === 5 ? { afterMs: 5, failure: REFUSED } : {},
    );
    for (let request = 0; request < 10; request++) await send(documents(60));
    expect(breaker.state).toBe("closed");
  });

  test("that is open keeps a call that timed out from being tried again", async () => {
    const failure: UpstreamFailure = { kind: "timeout", timeoutMs: 100 };
    const { send, calls } = scripted(() => ({ failure }), { timeoutMs: 100 });
    expect(await send(documents(30))).toEqual({ ok: false, failure });
    expect(calls.length).toBe(3);
  });

  test.each([
    ["is opened by", 800, 1_600, "open"],
    ["is left closed by", 800, 1_599, "closed"],
    ["is left closed by", 10, 999, "closed"],
  ])("%s deadlines if calls take %i ms and it had %i ms", async (_, usualMs, deadlineMs, state) => {
    const { send, breaker, latencies, time } = scripted(() => ({ afterMs: 60_000 }));
    for (let call = 0; call < 20; call++) latencies.add(usualMs);
    for (let request = 0; request < 3; request++) {
      const endMs = time.nowMs + deadlineMs;
      const deadline = new AbortController();
      void time.sleep(deadlineMs, deadline.signal).then(() => deadline.abort());
      const context = { signal: deadline.signal, remainingMs: () => endMs - time.nowMs };
      expect(await send(documents(1), context)).toEqual({ ok: false, failure: ABORTED });
    }
    expect(breaker.state).toBe(state);
  });

  test("after deadlines that were short, however late the isolate notices their end, is closed", async () => {
    const { send, breaker, time } = scripted(() => ({ afterMs: 60_000 }));
    for (let request = 0; request < 3; request++) {
      const endMs = time.nowMs + 60;
      const deadline = new AbortController();
      void time.sleep(5_000, deadline.signal).then(() => deadline.abort());
      const context = {
        signal: deadline.signal,
        remainingMs: () => Math.max(0, endMs - time.nowMs),
      };
      expect(await send(documents(1), context)).toEqual({ ok: false, failure: ABORTED });
    }
    expect(breaker.state).toBe("closed");
  });

  test.each([
    [9_999, "closed"],
    [10_000, "open"],
  ])("after timeouts of %i ms, of 10,000 that a call may take, is %s", async (timeoutMs, state) => {
    const failure: UpstreamFailure = { kind: "timeout", timeoutMs };
    const { send, breaker } = scripted(() => ({ failure }), { maxRetries: 0 });
    for (let request = 0; request < 3; request++) await send(documents(1));
    expect(breaker.state).toBe(state);
  });
});

describe("a probe", () => {
  /** A backend whose circuit is half-open, with the probe let through. */
  function probing(answer: Parameters<typeof scripted>[0]) {
    const backend = scripted(answer);
    for (let call = 0; call < 3; call++) backend.breaker.fail(null);
    backend.time.nowMs = 5_000;
    expect(backend.breaker.enter()).toBe("probe");
    return { ...backend, probe: () => backend.send(documents(30), { probe: true }) };
  }

  test("is one call that goes before the others", async () => {
    const { probe, calls, breaker } = probing(undefined);
    expect(await probe()).toEqual({
      ok: true,
      value: { logits: range(30), tokens: 300, calls: 3 },
    });
    expect(calls.map(({ startMs }) => startMs)).toEqual([5_000, 5_100, 5_100]);
    expect(breaker.state).toBe("closed");
  });

  test("that fails is not tried again, and the circuit opens again for longer", async () => {
    const { probe, calls, breaker } = probing(() => ({ failure: BROKEN }));
    expect(await probe()).toEqual({ ok: false, failure: BROKEN });
    expect(calls.length).toBe(1);
    expect(breaker.retryAfterMs()).toBe(10_000);
  });

  test("that is refused has found the backend alive", async () => {
    const { probe, breaker } = probing(() => ({ failure: REFUSED }));
    expect(await probe()).toEqual({ ok: false, failure: REFUSED });
    expect(breaker.state).toBe("closed");
  });

  test("whose client hangs up leaves the circuit to the next one", async () => {
    const { send, breaker } = probing(undefined);
    await send(documents(30), { probe: true, signal: AbortSignal.abort() });
    expect(breaker.enter()).toBe("probe");
  });
});

test("a bug in a protocol ends all calls and is thrown", async () => {
  const { send, backend, calls, time } = scripted(({ number }) => ({ afterMs: 10 + number }));
  backend.protocol = {
    ...backend.protocol,
    read: () => {
      throw new RangeError("bug");
    },
  };
  await expect(send(documents(60))).rejects.toThrow("bug");
  expect(calls.filter(({ isAborted }) => isAborted).length).toBe(5);
  expect(time.sleeping).toBe(0);
});

test("1,000 requests with faults at random are complete or a failure, and leave nothing behind", async () => {
  const random = seeded(SEED);
  const faults = [BUSY, BROKEN, REFUSED, { kind: "unreachable" }, { kind: "not_json" }] as const;
  const { send, time, underWay, latencies } = scripted(
    () => {
      const afterMs = random() < 0.05 ? 2_000 : 50 * random();
      if (random() > 0.2) return { afterMs };
      const failure = faults[Math.floor(faults.length * random())]!;
      return random() < 0.2 ? { afterMs, scores: [NaN] } : { afterMs, failure };
    },
    { hedge: true },
  );
  const client = new AbortController();
  let complete = 0;
  for (let request = 0; request < 1_000; request++) {
    const size = 1 + Math.floor(80 * random());
    const result = await send(documents(size), { signal: client.signal, random });
    if (result.ok) {
      complete += 1;
      expect(result.value.logits).toEqual(range(size));
    }
    expect([time.sleeping, underWay.now]).toEqual([0, 0]);
  }
  expect(complete).toBeGreaterThan(500);
  expect(complete).toBeLessThan(1_000);
  expect(underWay.most).toBe(6);
  expect(latencies.p95()).toBeGreaterThan(0);
  expect(getEventListeners(client.signal, "abort")).toEqual([]);
});
