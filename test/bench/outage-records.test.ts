import { expect, test } from "vitest";
import { sigmoid, upstreamLogit } from "../upstream/upstream-logit.ts";
import type { LoadRecord, LoadRequest } from "./outage-load.ts";
import { readOutage } from "./outage-records.ts";

const requestOf = (name: string): LoadRequest => ({
  name,
  json: "",
  query: "q",
  documents: ["d"],
  edgeLogits: [1],
});
const small = requestOf("small");
const large = requestOf("large");

const RIGHT = { edge: sigmoid(1), backend: sigmoid(upstreamLogit("q", "d")) };

function record(
  request: LoadRequest,
  sentMs: number,
  by: "edge" | "backend",
  { ms = 10, reason = "", score = RIGHT[by] } = {},
): LoadRecord {
  const body = JSON.stringify({ results: [{ index: 0, relevance_score: score }] });
  const headers = { "x-rerank-served-by": by, "x-rerank-route-reason": reason };
  return { request, sentMs, answer: { status: 200, headers, body, ms } };
}

function refusal(request: LoadRequest, sentMs: number, ms: number): LoadRecord {
  return { request, sentMs, answer: { status: 503, headers: {}, body: "{}", ms } };
}

const read = (records: LoadRecord[]) => readOutage(records, small, 100, 200);

test("small requests belong to the phase that they were sent in", () => {
  const records = [99, 100, 199, 200].map((sentMs) =>
    record(small, sentMs, "edge", { ms: sentMs }),
  );
  expect(read(records).smallMs).toEqual({ before: [99], during: [100, 199], after: [200] });
});

test("a refusal counts from when the first large request had come back without the backend", () => {
  const { refusalMs, large: outcomes } = read([
    refusal(large, 110, 50),
    refusal(large, 150, 40),
    refusal(large, 170, 3),
  ]);
  expect(refusalMs).toEqual([3]);
  expect(outcomes.map(({ by }) => by)).toEqual(["refused", "refused", "refused"]);
});

test("recovery is the first request that the backend serves, and whatever fails from then on or asks in vain is told", () => {
  const recovered = read([
    record(large, 210, "edge", { reason: "circuit_open" }),
    record(large, 220, "backend"),
    record(large, 230, "backend"),
  ]);
  expect(recovered).toMatchObject({ recoveryMs: 20, failedAfterReturn: 0 });
  const unsteady = read([
    record(large, 210, "edge", { reason: "backend_failed" }),
    record(large, 220, "backend"),
    refusal(large, 230, 5),
  ]);
  expect(unsteady.failedAfterReturn).toBe(2);
  expect(read([refusal(large, 210, 5)]).recoveryMs).toBeNull();
});

test("a wrong score, an error and a missing answer are told", () => {
  expect(
    read([
      record(small, 10, "edge", { score: 0.5 }),
      refusal(small, 20, 5),
      { request: large, sentMs: 30, answer: undefined },
    ]),
  ).toMatchObject({ wrong: 1, lost: 2 });
});
