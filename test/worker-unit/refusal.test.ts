import { expect, test } from "vitest";
import type { Failure } from "../../worker/errors.ts";
import { refusal } from "../../worker/refusal.ts";

const AUTO = { requested: "auto", edge: "ready" } as const;
const FAILED: Failure = {
  kind: "backend_unavailable",
  problem: "it answered 500",
  retryAfterMs: 7,
  tooLargeForEdge: false,
};
const COUNTED: Failure = { kind: "over_limit", limit: "maxEdgeTokens", actual: 70_000 };

test("a side that is not there is named as it was asked for", () => {
  expect(
    refusal({ to: "nobody", because: "no_backend" }, { ...AUTO, requested: "edge" }, 0, undefined),
  ).toEqual({ kind: "no_such_route", route: "edge" });
});

test("a request too large for the edge is told its count", () => {
  expect(refusal({ to: "nobody", because: "too_large" }, AUTO, 0, COUNTED)).toBe(COUNTED);
});

test("a backend that failed is told with its failure, one that was not asked with its circuit", () => {
  const unavailable = { to: "nobody", because: "unavailable" } as const;
  expect(refusal(unavailable, AUTO, 99, FAILED)).toMatchObject({
    problem: "it answered 500",
    retryAfterMs: 7,
  });
  // What the edge found out about the size is not why nobody answers.
  for (const failure of [undefined, COUNTED])
    expect(refusal(unavailable, AUTO, 99, failure)).toMatchObject({
      kind: "backend_unavailable",
      problem: expect.stringContaining("left alone"),
      retryAfterMs: 99,
    });
});

test("fewer documents are advised only where the edge would have taken them", () => {
  const advises = (requested: "auto" | "backend", edge: "ready" | "full" | "absent") => {
    const facts = { requested, edge };
    const told = refusal({ to: "nobody", because: "unavailable" }, facts, 0, FAILED);
    return told.kind === "backend_unavailable" && told.tooLargeForEdge;
  };
  expect(advises("auto", "ready")).toBe(true);
  expect(advises("backend", "ready")).toBe(false);
  expect(advises("auto", "full")).toBe(false);
  expect(advises("auto", "absent")).toBe(false);
});
