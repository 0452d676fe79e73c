import { describe, expect, test } from "vitest";
import { LIMITS } from "../../worker/limits.ts";
import { LEASE_MS } from "../../worker/queue.ts";
import { limitOf, queueAt } from "./queue-at.ts";

describe("the line", () => {
  test("is in the order of the first questions, not of entering", () => {
    const { queue, enter } = queueAt(0);
    const [slowReader, reader] = [enter(), enter()];
    expect(queue.isTurn(reader)).toBe(true);
    expect(queue.isTurn(slowReader)).toBe(false);
    queue.leave(reader);
    expect(queue.isTurn(slowReader)).toBe(true);
  });

  test("is not held up by a request that is still being read", () => {
    const { queue, enter } = queueAt(0);
    enter();
    expect(queue.isTurn(enter())).toBe(true);
  });

  test("has one first at any time", () => {
    const { queue, enter } = queueAt(0);
    const tickets = Array.from({ length: 10 }, () => enter());
    for (const ticket of tickets) queue.isTurn(ticket);
    expect(tickets.map((ticket) => queue.isTurn(ticket))).toEqual([true, ...Array(9).fill(false)]);
  });
});

describe("a dead ticket", () => {
  test("at the head holds nobody up for longer than its lease", () => {
    const { queue, clock, enter } = queueAt(1_000);
    const [dead, alive] = [enter(), enter()];
    queue.isTurn(dead);
    const turns = [];
    for (const ms of [0, LEASE_MS - 1, LEASE_MS]) {
      clock.ms = 1_000 + ms;
      turns.push(queue.isTurn(alive));
    }
    expect(turns).toEqual([false, false, true]);
  });

  test("in the middle is gone before its turn comes", () => {
    const { queue, clock, enter } = queueAt(0);
    const [first, dead, last] = [enter(), enter(), enter()];
    for (const ticket of [first, dead, last]) queue.isTurn(ticket);
    for (clock.ms = 0; clock.ms <= LEASE_MS; clock.ms += 100) {
      queue.isTurn(first);
      queue.isTurn(last);
    }
    queue.leave(first);
    expect(queue.isTurn(last)).toBe(true);
  });

  test("that never finished reading frees its bytes", () => {
    const { queue, clock, enter } = queueAt(0);
    enter(LIMITS.maxQueuedBytes);
    expect(limitOf(queue.enter("one", 1))).toBe("maxQueuedBytes");
    clock.ms = LIMITS.maxBodySeconds * 1_000 + LEASE_MS;
    expect(limitOf(queue.enter("one", 1))).toBeUndefined();
  });

  test("that was not dead after all takes its place again", () => {
    const { queue, clock, enter } = queueAt(0);
    const [slow, other] = [enter(), enter()];
    queue.isTurn(slow);
    clock.ms = LEASE_MS;
    expect(queue.isTurn(other)).toBe(true);
    expect(queue.isTurn(slow)).toBe(true);
    expect(queue.isTurn(other)).toBe(false);
    queue.leave(slow);
    expect(queue.isTurn(other)).toBe(true);
  });
});

test("leaving twice, or after the lease, hurts nobody", () => {
  const { queue, clock, enter } = queueAt(0);
  const [gone, alive] = [enter(), enter()];
  queue.leave(gone);
  queue.leave(gone);
  clock.ms = 10 * LEASE_MS;
  expect(queue.isTurn(alive)).toBe(true);
});

describe("a ticket that yields", () => {
  test("goes behind one that came later and does not", () => {
    const { queue, enter } = queueAt(0);
    const [large, small] = [enter(), enter()];
    large.yields = true;
    expect(queue.isTurn(large)).toBe(true);
    expect(queue.isTurn(small)).toBe(true);
    expect(queue.isTurn(large)).toBe(false);
    queue.leave(small);
    expect(queue.isTurn(large)).toBe(true);
  });

  test("keeps the order among its own kind", () => {
    const { queue, enter } = queueAt(0);
    const tickets = [enter(), enter(), enter()];
    for (const ticket of tickets) {
      ticket.yields = true;
      queue.isTurn(ticket);
    }
    expect(tickets.map((ticket) => queue.isTurn(ticket))).toEqual([true, false, false]);
  });

  test("is not held up by one that has not asked yet", () => {
    const { queue, enter } = queueAt(0);
    const [large] = [enter(), enter()];
    large.yields = true;
    expect(queue.isTurn(large)).toBe(true);
  });

  test("begins to yield in the middle of its work", () => {
    const { queue, enter } = queueAt(0);
    const [first, second] = [enter(), enter()];
    for (const ticket of [first, second]) queue.isTurn(ticket);
    expect(queue.isTurn(second)).toBe(false);
    first.yields = true;
    expect([first, second].map((ticket) => queue.isTurn(ticket))).toEqual([false, true]);
  });
});

describe("a ticket that has stepped aside", () => {
  test("holds nobody up, and stands at the end when it asks again", () => {
    const { queue, enter } = queueAt(0);
    const [away, other] = [enter(), enter()];
    for (const ticket of [away, other]) queue.isTurn(ticket);
    queue.stepAside(away, 10_000);
    expect(queue.isTurn(other)).toBe(true);
    expect(queue.isTurn(away)).toBe(false);
    expect(queue.isTurn(other)).toBe(true);
  });

  test("lives and keeps its bytes for as long as it said, and its lease", () => {
    const { queue, clock, enter } = queueAt(0);
    const away = enter(LIMITS.maxQueuedBytes);
    queue.isTurn(away);
    queue.stepAside(away, 10_000);
    clock.ms = 10_000 + LEASE_MS - 1;
    expect([queue.size, limitOf(queue.enter("one", 1))]).toEqual([1, "maxQueuedBytes"]);
    clock.ms = 10_000 + LEASE_MS;
    expect(queue.size).toBe(0);
  });
});

test("only those that have asked for a turn are waiting", () => {
  const { queue, clock, enter } = queueAt(0);
  const [computed, waiting, away] = [enter(), enter(), enter()];
  enter();
  expect([queue.size, queue.waiting]).toEqual([4, 0]);
  for (const ticket of [computed, waiting, away]) queue.isTurn(ticket);
  expect([queue.size, queue.waiting]).toEqual([4, 3]);
  queue.stepAside(away, 1_000);
  queue.leave(computed);
  expect([queue.size, queue.waiting]).toEqual([3, 1]);
  clock.ms = LEASE_MS;
  expect(queue.waiting).toBe(0);
});
