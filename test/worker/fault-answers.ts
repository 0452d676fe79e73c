/** What a caller sees, asserted. */
import { expect } from "vitest";
import type { RouteReason } from "../../worker/routing.ts";
import { expectNothingTold } from "./fault-service.ts";

/** How far a score may be from the one that is meant: some protocols write the sigmoid of a logit, which is turned back. */
const TOLERANCE = 1e-6;

/** The answer of `/v1/rerank` is the whole ranking by these scores. @param scores - In the documents' order. */
export async function expectRanking(
  response: Response,
  scores: readonly number[],
  servedBy: "edge" | "backend",
  reason: RouteReason,
): Promise<void> {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(routeOf(response)).toEqual([servedBy, reason]);
  const { results } = JSON.parse(text) as { results: { index: number; relevance_score: number }[] };
  const ranked = results.map(({ relevance_score }) => relevance_score);
  expect(ranked.toSorted((a, b) => b - a)).toEqual(ranked);
  expect(results).toHaveLength(scores.length);
  const scoreOf = new Map(results.map(({ index, relevance_score }) => [index, relevance_score]));
  const errors = scores.map((score, index) => Math.abs(score - (scoreOf.get(index) ?? NaN)));
  expect(Math.max(...errors)).toBeLessThan(TOLERANCE);
}

/** Who served an answer, and why. */
export function routeOf({ headers }: Response): [string | null, string | null] {
  return [headers.get("x-rerank-served-by"), headers.get("x-rerank-route-reason")];
}

/** 503 with a time to wait, of which the body tells, and nothing else that was not to be told. */
export async function expectUnavailable(response: Response): Promise<unknown> {
  const text = await response.text();
  expect(response.status, text).toBe(503);
  const seconds = Number(response.headers.get("retry-after"));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(routeOf(response)).toEqual([null, null]);
  expectNothingTold(text);
  return JSON.parse(text) as unknown;
}

/** 200 with the documents in their own order, and no score anywhere. */
export async function expectUnranked(
  response: Response,
  documents: number,
  reason: string,
): Promise<void> {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(routeOf(response)).toEqual(["none", reason]);
  expect(response.headers.get("x-rerank-reranked")).toBe("false");
  expect(text).not.toMatch(/"\w*(score|logit)\w*":/);
  const body = JSON.parse(text) as { results: { index: number }[] };
  expect(body).toMatchObject({ reranked: false, reason });
  expect(body.results.map(({ index }) => index)).toEqual(
    Array.from({ length: documents }, (_, i) => i),
  );
}

/** The work with its time in milliseconds. */
export async function timed<T>(work: Promise<T>): Promise<{ value: T; ms: number }> {
  const start = performance.now();
  const value = await work;
  return { value, ms: performance.now() - start };
}
