import { describe, expect, test } from "vitest";
import { BLOBS, dataPoint, DOUBLES } from "../../worker/observe/data-point.ts";
import { endOf, levelOf, type RequestNotes } from "../../worker/observe/request-end.ts";

const frame = { requestId: "r", route: "/v1/rerank", method: "POST", status: 200, totalMs: 50 };
const trace = { traceId: "1".repeat(32), flags: "01", state: "kanarie=kanarie" };
const notes: RequestNotes = {
  trace,
  scoring: "batch",
  protocol: "cohere",
  model: "m",
  documents: 3,
  outcome: {
    tokens: 90,
    cuts: 1,
    provenance: { servedBy: "edge", reason: "small", cache: { hit: 2, miss: 1 } },
  },
  times: { queueMs: 1, tokenizationMs: 2, inferenceMs: 40, totalMs: 43 },
};

describe("a request's end", () => {
  test("has what was noted of it, in the words of the log", () => {
    expect(endOf({ ...frame, key: "search" }, notes)).toEqual({
      ...frame,
      traceId: trace.traceId,
      key: "search",
      scoring: "batch",
      protocol: "cohere",
      model: "m",
      documents: 3,
      tokens: 90,
      truncated: 1,
      servedBy: "edge",
      reason: "small",
      cacheHits: 2,
      cacheMisses: 1,
      queueMs: 1,
      tokenizationMs: 2,
      inferenceMs: 40,
    });
  });

  test("of a refusal has its code, and no field without a value", () => {
    const end = endOf({ ...frame, status: 429 }, { trace, scoring: "batch", code: "overloaded" });
    expect(end).toEqual({
      ...frame,
      traceId: trace.traceId,
      status: 429,
      scoring: "batch",
      code: "overloaded",
    });
  });

  test.each([
    [200, "info"],
    [401, "info"],
    [429, "info"],
    [499, "info"],
    [500, "error"],
    [503, "error"],
  ])("of status %i is told at level %s", (status, level) => {
    expect(levelOf(status)).toBe(level);
  });
});

describe("a data point", () => {
  test("has each value in its place", () => {
    const point = dataPoint(endOf({ ...frame, key: "search" }, notes));
    expect(point.indexes).toEqual(["search"]);
    expect(Object.fromEntries(BLOBS.map((name, index) => [name, point.blobs[index]]))).toEqual({
      route: "/v1/rerank",
      protocol: "cohere",
      status: "200",
      code: "",
      servedBy: "edge",
      reason: "small",
      key: "search",
      model: "m",
    });
    expect(Object.fromEntries(DOUBLES.map((name, index) => [name, point.doubles[index]]))).toEqual({
      documents: 3,
      tokens: 90,
      totalMs: 50,
      queueMs: 1,
      tokenizationMs: 2,
      inferenceMs: 40,
      cacheHits: 2,
      cacheMisses: 1,
    });
  });

  test("of whatever names keeps to Analytics Engine's limits", () => {
    const key = "é".repeat(20_000);
    const { indexes, blobs, doubles } = dataPoint(
      endOf({ ...frame, route: key, key }, { ...notes, model: key, protocol: key, code: key }),
    );
    const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
    expect(bytesOf(indexes[0])).toBe(96);
    expect(indexes[0]).toBe("é".repeat(48));
    expect(blobs.length).toBeLessThanOrEqual(20);
    expect(doubles.length).toBeLessThanOrEqual(20);
    expect(blobs.reduce((sum, blob) => sum + bytesOf(blob), 0)).toBeLessThanOrEqual(16_384);
  });

  test("has neither the request's id nor anything of its trace", () => {
    const point = JSON.stringify(dataPoint(endOf({ ...frame, requestId: "kanarie" }, notes)));
    expect(point).not.toContain("kanarie");
    expect(point).not.toContain(trace.traceId);
  });
});
