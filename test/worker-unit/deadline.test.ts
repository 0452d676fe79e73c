import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Deadline, failedInTime, TIMEOUT_HEADER, timeoutOf } from "../../worker/deadline.ts";
import { fail, ok } from "../../worker/errors.ts";
import { ROUTE_HEADER, routeOf } from "../../worker/request-context.ts";
import { MAX_REQUEST_TIMEOUT_MS } from "../../worker/settings.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function deadlineOf(timeoutMs: number) {
  const client = new AbortController();
  return { client, deadline: new Deadline(timeoutMs, client.signal, Date.now) };
}

describe("a deadline", () => {
  test("is over at its end and not before", () => {
    const { deadline } = deadlineOf(100);
    vi.advanceTimersByTime(99);
    expect([deadline.signal.aborted, deadline.isOver, deadline.remainingMs]).toEqual([
      false,
      false,
      1,
    ]);
    vi.advanceTimersByTime(1);
    expect([deadline.signal.aborted, deadline.isOver, deadline.remainingMs]).toEqual([
      true,
      true,
      0,
    ]);
  });

  test("is over by the clock when its timer is late", () => {
    const { client, deadline } = deadlineOf(100);
    vi.setSystemTime(Date.now() + 100);
    expect([deadline.signal.aborted, deadline.isOver]).toEqual([false, true]);
    client.abort();
    expect(deadline.isOver).toBe(false);
  });

  test("has nothing left after its end, and no less", () => {
    const { deadline } = deadlineOf(100);
    vi.advanceTimersByTime(5_000);
    expect(deadline.remainingMs).toBe(0);
  });

  test("ends when the client hangs up, and is not over then, however long the work goes on", () => {
    const { client, deadline } = deadlineOf(100);
    vi.advanceTimersByTime(40);
    client.abort();
    expect([deadline.signal.aborted, deadline.isOver, deadline.remainingMs]).toEqual([
      true,
      false,
      60,
    ]);
    vi.advanceTimersByTime(100);
    expect(deadline.isOver).toBe(false);
  });

  test("that was cleared never ends, and leaves no timer behind", () => {
    const { deadline } = deadlineOf(100);
    deadline.clear();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(200);
    expect([deadline.signal.aborted, deadline.isOver]).toEqual([false, false]);
  });
});

describe("a failure because nobody waits any more", () => {
  const gone = fail({ kind: "client_gone" });

  test("is told as the end of the time when it was that", () => {
    expect(failedInTime(gone, { isOver: true, timeoutMs: 100 })).toEqual(
      fail({ kind: "deadline_exceeded", timeoutMs: 100 }),
    );
  });

  test("stays what it is when the client hung up", () => {
    expect(failedInTime(gone, { isOver: false, timeoutMs: 100 })).toBe(gone);
  });

  test("is the only one that changes: an answer and another failure stay", () => {
    const overloaded = fail({
      kind: "overloaded",
      limit: "maxQueuedRequests",
      retryAfterSeconds: 3,
    });
    for (const result of [ok(7), overloaded])
      expect(failedInTime(result, { isOver: true, timeoutMs: 100 })).toBe(result);
  });
});

describe("the header of the timeout", () => {
  const timeoutMs = (value: string) => timeoutOf(new Headers({ [TIMEOUT_HEADER]: value }), 60_000);

  test("that is absent or empty means the setting", () => {
    expect(timeoutOf(new Headers(), 60_000)).toEqual(ok(60_000));
    expect(timeoutMs("")).toEqual(ok(60_000));
  });

  test.each(["1", "250", String(MAX_REQUEST_TIMEOUT_MS), " 250 "])("may be %j", (value) => {
    expect(timeoutMs(value)).toEqual(ok(Number(value)));
  });

  test.each(["0", "-1", "1.5", "1e3", "0x10", "soon", "1, 2", String(MAX_REQUEST_TIMEOUT_MS + 1)])(
    "may not be %j",
    (value) => {
      expect(timeoutMs(value)).toEqual(
        fail({
          kind: "invalid_value",
          param: "x-request-timeout-ms",
          problem: "must be a whole number of milliseconds from 1 to 300000",
        }),
      );
    },
  );
});

describe("the header of the route", () => {
  const route = (value: string) => routeOf(new Headers({ [ROUTE_HEADER]: value }));

  test("that is absent or empty asks for none", () => {
    expect(routeOf(new Headers())).toEqual(ok("auto"));
    expect(route("")).toEqual(ok("auto"));
  });

  test.each([
    ["edge", "edge"],
    ["backend", "backend"],
    ["auto", "auto"],
    [" Backend ", "backend"],
  ])("%j asks for %s", (value, expected) => {
    expect(route(value)).toEqual(ok(expected));
  });

  test.each(["gpu", "edge, backend", "edges"])("may not be %j", (value) => {
    expect(route(value)).toEqual(
      fail({
        kind: "invalid_value",
        param: "x-rerank-route",
        problem: "must be auto, edge, backend",
      }),
    );
  });
});
