import { describe, expect, test } from "vitest";
import type { Ticket } from "../../worker/queue.ts";
import { queueAt } from "./queue-at.ts";

/** Whose turn it is. */
function first(queue: ReturnType<typeof queueAt>["queue"], tickets: readonly Ticket[]): Ticket {
  return tickets.find((ticket) => queue.isTurn(ticket))!;
}

/** Computes a slice of whoever's turn it is, so many times; a request that is done leaves. @returns In the order in which they were done */
function run(
  queue: ReturnType<typeof queueAt>["queue"],
  tickets: Ticket[],
  slices: number,
  sliceTokens: number,
): { done: Ticket[]; tokens: Map<Ticket, number> } {
  const done: Ticket[] = [];
  const tokens = new Map<Ticket, number>();
  for (let slice = 0; slice < slices && tickets.length > 0; slice++) {
    const ticket = first(queue, tickets);
    const spent = Math.min(sliceTokens, ticket.tokens);
    queue.spend(ticket, spent);
    tokens.set(ticket, (tokens.get(ticket) ?? 0) + spent);
    if (ticket.tokens > 0) continue;
    queue.leave(ticket);
    tickets.splice(tickets.indexOf(ticket), 1);
    done.push(ticket);
  }
  return { done, tokens };
}

describe("of one caller's requests", () => {
  test("a short one does not wait for a long one that came before it", () => {
    const { queue, wait } = queueAt(0);
    const [long, short] = [wait(10_000), wait(50)];
    expect(run(queue, [long, short], 1_000, 100).done).toEqual([short, long]);
  });

  test("those with as much work are in the order of their coming", () => {
    const { queue, wait } = queueAt(0);
    const tickets = [wait(50), wait(50), wait(50)];
    expect(run(queue, [...tickets], 10, 50).done).toEqual(tickets);
  });

  test("one that has begun is not overtaken by one with more work left", () => {
    const { queue, wait } = queueAt(0);
    const begun = wait(1_000);
    run(queue, [begun], 6, 100);
    const later = wait(500);
    expect(run(queue, [begun, later], 100, 100).done).toEqual([begun, later]);
  });

  test("a long one gets a quarter under any stream of short ones", () => {
    const { queue, wait } = queueAt(0);
    const long = wait(2_000);
    const tickets = [long];
    let others = 0;
    while (tickets.includes(long)) {
      while (tickets.length < 5) tickets.push(wait(50));
      others += [...run(queue, tickets, 1, 50).tokens].reduce(
        (sum, [ticket, tokens]) => sum + (ticket === long ? 0 : tokens),
        0,
      );
      if (others > 20_000) break;
    }
    expect(tickets).not.toContain(long);
    expect(others).toBeGreaterThan(3 * 2_000 - 1_000);
    expect(others).toBeLessThan(3 * 2_000 + 1_000);
  });

  test("a long one that was alone has nothing more in advance than a slice", () => {
    const { queue, wait } = queueAt(0);
    const long = wait(100_000);
    run(queue, [long], 500, 100);
    const tickets = [long];
    const { tokens } = run(queue, tickets, 0, 100);
    for (let i = 0; i < 100; i++) {
      while (tickets.length < 3) tickets.push(wait(100));
      for (const [ticket, spent] of run(queue, tickets, 1, 100).tokens)
        tokens.set(ticket, (tokens.get(ticket) ?? 0) + spent);
    }
    expect(tokens.get(long)).toBeGreaterThan(1_500);
  });
});

describe("callers", () => {
  test("have the same share, however many requests one of them has", () => {
    const { queue, wait } = queueAt(0);
    const crowd = Array.from({ length: 20 }, () => wait(10_000, "crowd"));
    const other = wait(10_000, "other");
    const { tokens } = run(queue, [...crowd, other], 100, 100);
    expect(tokens.get(other)).toBe(50 * 100);
  });

  test("do not wait for the long requests of others", () => {
    const { queue, wait } = queueAt(0);
    const long = wait(60_000, "crowd");
    run(queue, [long], 100, 100);
    const short = wait(200, "other");
    expect(run(queue, [long, short], 4, 100).done).toEqual([short]);
  });

  test("have no claim to what they did not use", () => {
    const { queue, wait } = queueAt(0);
    const [long, idle] = [wait(100_000, "busy"), wait(100, "idle")];
    run(queue, [long, idle], 300, 100);
    const back = wait(100_000, "idle");
    const { tokens } = run(queue, [long, back], 100, 100);
    expect(tokens.get(back)).toBe(50 * 100);
  });

  test("who step aside and come back have none either", () => {
    const { queue, wait } = queueAt(0);
    const [busy, away] = [wait(100_000, "busy"), wait(100_000, "away")];
    queue.stepAside(away, 10_000);
    run(queue, [busy], 300, 100);
    queue.isTurn(away);
    const { tokens } = run(queue, [busy, away], 100, 100);
    expect(tokens.get(away)).toBe(50 * 100);
  });
});

test("whoever is nearly first is so when the first one has left", () => {
  const { queue, wait } = queueAt(0);
  const [first, third, second] = [wait(10), wait(30), wait(20)];
  expect([first, second, third].map((ticket) => queue.isNearlyTurn(ticket))).toEqual([
    false,
    true,
    false,
  ]);
  queue.leave(first);
  expect(queue.isTurn(second)).toBe(true);
});
