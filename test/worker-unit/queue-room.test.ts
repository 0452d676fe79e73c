import { describe, expect, test } from "vitest";
import { LIMITS, TOKENS_PER_SECOND } from "../../worker/limits.ts";
import { LEASE_MS } from "../../worker/queue.ts";
import { limitOf, queueAt } from "./queue-at.ts";

/** Long enough for anything that is in these tests. */
const LONG_MS = 600_000;

describe("requests are refused", () => {
  test("at maxQueuedRequests that wait, until one leaves; those that are read do not count", () => {
    const { queue, enter, wait } = queueAt(0);
    const waiting = Array.from({ length: LIMITS.maxQueuedRequests - 1 }, () => wait(1));
    for (let i = 0; i < 100; i++) enter();
    const [one, other] = [enter(), enter()];
    expect(queue.refusal(one, 1, LONG_MS)).toBeUndefined();
    queue.isTurn(one);
    expect(limitOf(queue.refusal(other, 1, LONG_MS))).toBe("maxQueuedRequests");
    queue.leave(waiting[7]!);
    expect(queue.refusal(other, 1, LONG_MS)).toBeUndefined();
  });

  test("at maxOpenRequests, those that are read included", () => {
    const { queue, enter } = queueAt(0);
    for (let i = 0; i < LIMITS.maxOpenRequests; i++) enter(1);
    expect(limitOf(queue.enter("one", 1))).toBe("maxOpenRequests");
  });

  test("at maxQueuedBytes", () => {
    const { queue, enter } = queueAt(0);
    enter(LIMITS.maxQueuedBytes - LIMITS.maxBodyBytes);
    enter(LIMITS.maxBodyBytes);
    expect(limitOf(queue.enter("one", 1))).toBe("maxQueuedBytes");
  });

  test("if more than maxQueuedSeconds of work is before them, which a shorter one does not have to wait for", () => {
    const { queue, enter, wait } = queueAt(0);
    const most = LIMITS.maxQueuedSeconds * TOKENS_PER_SECOND;
    wait(most / 2);
    wait(most / 2 + 1);
    const [short, long] = [enter(), enter()];
    expect(limitOf(queue.refusal(long, most, LONG_MS))).toBe("maxQueuedSeconds");
    expect(queue.refusal(short, 100, LONG_MS)).toBeUndefined();
  });

  test("if their time would be over before their answer", () => {
    const { queue, enter, wait } = queueAt(0);
    wait(2 * TOKENS_PER_SECOND);
    const late = enter();
    expect(limitOf(queue.refusal(late, 2 * TOKENS_PER_SECOND, 3_000))).toBe("x-request-timeout-ms");
    expect(queue.refusal(late, 2 * TOKENS_PER_SECOND, 6_000)).toBeUndefined();
  });

  test("but not because they alone take longer than their caller waits", () => {
    const { queue, enter } = queueAt(0);
    expect(queue.refusal(enter(), 10 * TOKENS_PER_SECOND, 1_000)).toBeUndefined();
  });

  test("but not once they have a place in the line", () => {
    const { queue, wait } = queueAt(0);
    const [, other] = [wait(10 * TOKENS_PER_SECOND), wait(10 * TOKENS_PER_SECOND)];
    expect(queue.refusal(other, 10 * TOKENS_PER_SECOND, 1_000)).toBeUndefined();
  });
});

describe("a request whose turn it is", () => {
  test("is given up if it cannot be done in time and others wait", () => {
    const { queue, enter, wait } = queueAt(0);
    const late = wait(TOKENS_PER_SECOND);
    enter();
    expect(queue.hopelessness(late, 900)).toBeUndefined();
    wait(TOKENS_PER_SECOND);
    expect(limitOf(queue.hopelessness(late, 900))).toBe("x-request-timeout-ms");
    expect(queue.hopelessness(late, 1_100)).toBeUndefined();
  });

  test("is judged by what it has left", () => {
    const { queue, wait } = queueAt(0);
    const [begun] = [wait(TOKENS_PER_SECOND), wait(TOKENS_PER_SECOND)];
    queue.spend(begun, 0.9 * TOKENS_PER_SECOND);
    expect(queue.hopelessness(begun, 200)).toBeUndefined();
  });

  test("goes on if it yields: it waits as long as it must", () => {
    const { queue, wait } = queueAt(0);
    const [job] = [wait(TOKENS_PER_SECOND), wait(TOKENS_PER_SECOND)];
    job.yields = true;
    expect(queue.hopelessness(job, 1)).toBeUndefined();
  });
});

describe("what a refused caller is told to wait", () => {
  const secondsOf = (tokens: number, spent = 0, ms = 0): number => {
    const { queue, enter, wait } = queueAt(0);
    if (spent > 0) queue.time(spent, ms);
    const last = enter();
    for (let i = 0; i < LIMITS.maxQueuedRequests; i++) wait(tokens / LIMITS.maxQueuedRequests);
    return queue.refusal(last, 1, LONG_MS)!.retryAfterSeconds;
  };

  test("is what it takes to compute what waits, at least 1 second and at most 60", () => {
    expect(secondsOf(3.5 * TOKENS_PER_SECOND)).toBe(4);
    expect(secondsOf(1)).toBe(1);
    expect(secondsOf(1_000 * TOKENS_PER_SECOND)).toBe(60);
  });

  test("goes by the speed that was measured", () => {
    const tokens = 10 * TOKENS_PER_SECOND;
    expect(secondsOf(tokens, 1e6, (1e6 / (10 * TOKENS_PER_SECOND)) * 1_000)).toBe(1);
    expect(secondsOf(tokens, 1e6, (1e6 / (TOKENS_PER_SECOND / 2)) * 1_000)).toBe(20);
  });
});

describe("a body takes room as it comes", () => {
  test("whatever was declared, so that slow senders keep nobody out", () => {
    const { queue, enter } = queueAt(0);
    for (let i = 0; i < 100; i++) {
      const slow = queue.enter("one", LIMITS.maxBodyBytes);
      expect(limitOf(slow)).toBeUndefined();
    }
    expect(() => enter(LIMITS.maxBodyBytes)).not.toThrow();
  });

  test("until there is none", () => {
    const { queue, enter } = queueAt(0);
    const [growing, other] = [enter(0), enter(LIMITS.maxQueuedBytes - 10)];
    expect(queue.hold(growing, 10)).toBeUndefined();
    expect(limitOf(queue.hold(growing, 11))).toBe("maxQueuedBytes");
    expect(limitOf(queue.enter("one", 1))).toBe("maxQueuedBytes");
    queue.leave(other);
    expect(queue.hold(growing, 11)).toBeUndefined();
  });
});

describe("a caller that has all the room shuts nobody out:", () => {
  test("others may wait up to an equal share", () => {
    const { queue, enter, wait } = queueAt(0);
    for (let i = 0; i < LIMITS.maxQueuedRequests; i++) wait(100, "crowd");
    const more = enter(1, "crowd");
    expect(limitOf(queue.refusal(more, 1, LONG_MS))).toBe("maxQueuedRequests");
    for (let i = 0; i < LIMITS.maxQueuedRequests / 2; i++) {
      const ticket = enter(1, "other");
      expect(queue.refusal(ticket, 1, LONG_MS)).toBeUndefined();
      queue.isTurn(ticket);
    }
    expect(limitOf(queue.refusal(enter(1, "other"), 1, LONG_MS))).toBe("maxQueuedRequests");
  });

  test("others may be open", () => {
    const { queue, enter } = queueAt(0);
    for (let i = 0; i < LIMITS.maxOpenRequests; i++) enter(1, "crowd");
    expect(limitOf(queue.enter("crowd", 1))).toBe("maxOpenRequests");
    expect(limitOf(queue.enter("other", 1))).toBeUndefined();
  });

  test("others may send a longest body", () => {
    const { queue, enter } = queueAt(0);
    enter(LIMITS.maxQueuedBytes, "crowd");
    expect(limitOf(queue.enter("crowd", 1))).toBe("maxQueuedBytes");
    expect(() => enter(LIMITS.maxBodyBytes, "other")).not.toThrow();
    expect(limitOf(queue.enter("third", 1))).toBe("maxQueuedBytes");
  });

  test("others wait for their own work and as much of it", () => {
    const { queue, enter, wait } = queueAt(0);
    for (let i = 0; i < 10; i++) wait(TOKENS_PER_SECOND, "crowd");
    expect(queue.refusal(enter(1, "other"), TOKENS_PER_SECOND, 3_000)).toBeUndefined();
    expect(limitOf(queue.refusal(enter(1, "crowd"), TOKENS_PER_SECOND, 3_000))).toBe(
      "x-request-timeout-ms",
    );
  });
});

test("the time since others were there counts from when the last one left", () => {
  const { queue, clock, enter } = queueAt(0);
  expect(queue.msSinceUrgent).toBe(Infinity);
  const [job, request] = [enter(), enter()];
  job.yields = true;
  expect(queue.msSinceUrgent).toBe(0);
  clock.ms = 1_000;
  queue.leave(request);
  clock.ms = 1_000 + LEASE_MS;
  expect(queue.msSinceUrgent).toBe(LEASE_MS);
});
