/** 5,000 requests of every kind while the backend changes its faults at random: each answer is right or a declared error, and no isolate dies. */
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../tools/evaluation/random.ts";
import type { RouteReason } from "../../worker/routing.ts";
import { startFaultyUpstream, type FaultyUpstream } from "../upstream/faulty-upstream.ts";
import { expectRanking, expectUnavailable, expectUnranked, routeOf } from "./fault-answers.ts";
import { backendScores, edgeScores } from "./fault-requests.ts";
import {
  metric,
  queueSize,
  until,
  useFaultyBackends,
  type Backed,
  type FaultService,
} from "./fault-service.ts";
import {
  drawFault,
  drawRequest,
  EDGE_FALLBACK_MAX_TOKENS,
  EDGE_MAX_TOKENS,
  outcomesOf,
  type MixedRequest,
  type Random,
} from "./mixed-faults.ts";

/** What is drawn does not depend on who draws first: the n-th request and the fault before it are the same in every run. */
const SEED = 7;

/** Each with a fresh isolate, whose circuit is closed. */
const ROUNDS = 50;
const REQUESTS_A_ROUND = 100;

/** Requests of a round before a fault may last: an open circuit stays so for the rest of it. */
const BEFORE_LASTING = 70;

/** Clients at once, fewer than may wait at the edge: with the more of them, a circuit opens sooner. */
const CLIENTS = [2, 4, 8];

/** Requests from one change of the fault to the next, on average. */
const REQUESTS_A_FAULT = 6;

const VARS = {
  EDGE_MAX_TOKENS: String(EDGE_MAX_TOKENS),
  EDGE_FALLBACK_MAX_TOKENS: String(EDGE_FALLBACK_MAX_TOKENS),
  BACKEND_TIMEOUT_MS: "500",
};

const PROTOCOLS: Record<string, string>[] = [
  { BACKEND_PROTOCOL: "tei" },
  { BACKEND_PROTOCOL: "cohere", BACKEND_MODEL: "any", BACKEND_MAX_DOCUMENTS: "30" },
  { BACKEND_PROTOCOL: "nim", BACKEND_MODEL: "any", BACKEND_HEDGE: "on" },
  { BACKEND_PROTOCOL: "rerank", BACKEND_MAX_DOCUMENTS: "20", BACKEND_CONCURRENCY: "2" },
  { BACKEND_PROTOCOL: "azure-ml", BACKEND_URL: "/score", BACKEND_MAX_DOCUMENTS: "64" },
];

const withBackend = useFaultyBackends();

/** Where redirects point. */
let elsewhere: FaultyUpstream;

beforeAll(async () => {
  elsewhere = await startFaultyUpstream();
});
afterAll(() => elsewhere.close());

const OUTCOMES = [
  "edge small",
  "edge requested",
  "edge backend_failed",
  "edge circuit_open",
  "backend large",
  "backend requested",
  "none backend_unavailable",
  "none deadline_exceeded",
  "503",
  "504",
  "hung up",
];

/** How many requests came to what, over all rounds. */
const tally = new Map<string, number>();

describe.concurrent("mixed requests and faults", () => {
  test.each(Array.from({ length: ROUNDS }, (_, round) => round))("round %d", (round) =>
    withBackend({ ...VARS, ...PROTOCOLS[round % PROTOCOLS.length] }, async (backed) => {
      const random = seededRandom(SEED + round);
      const clients = CLIENTS[round % CLIENTS.length]!;
      const hungUp = await sendAll(backed, random, round * REQUESTS_A_ROUND, clients);
      const { service, upstream } = backed;
      upstream.fault = undefined;
      // Nothing is left behind, and the isolate is the one that has answered all.
      await until(async () => (await queueSize(service)) === 0);
      const answered = await metric(service, "te_request_count");
      expect(answered).toBeGreaterThanOrEqual(REQUESTS_A_ROUND - hungUp);
      expect(answered).toBeLessThanOrEqual(REQUESTS_A_ROUND);
      await until(() => upstream.calls.every(({ endedMs }) => endedMs !== undefined));
    }),
  );
});

test("all kinds of outcome were among them, and no redirect was followed", () => {
  expect([...tally.values()].reduce((sum, count) => sum + count)).toBe(ROUNDS * REQUESTS_A_ROUND);
  // How many of each depends on the machine's speed.
  for (const outcome of OUTCOMES) expect(tally.get(outcome), outcome).toBeGreaterThan(0);
  expect(elsewhere.calls).toEqual([]);
});

/** Sends a round's requests by so many clients. @returns how many hung up */
async function sendAll(
  { service, upstream }: Backed,
  random: Random,
  first: number,
  clients: number,
): Promise<number> {
  let next = first;
  let hungUp = 0;
  async function client(): Promise<void> {
    while (next < first + REQUESTS_A_ROUND) {
      if (random() < 1 / REQUESTS_A_FAULT)
        upstream.fault = drawFault(
          random,
          next >= first + BEFORE_LASTING,
          `${elsewhere.url}/rerank`,
        );
      const request = drawRequest(random, next++);
      const outcome = await send(service, request);
      tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
      if (outcome === "hung up") hungUp += 1;
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  return hungUp;
}

/** One request and what it came to, which must be one of the things that may become of it. */
async function send(service: FaultService, request: MixedRequest): Promise<string> {
  const { query, documents, failOpen, route, timeoutMs, hangUpAfterMs } = request;
  const body = { query, documents, fail_open: failOpen };
  if (hangUpAfterMs !== undefined) {
    const hangUp = service.postAndHangUp("/v1/rerank", body);
    await setTimeout(hangUpAfterMs);
    hangUp();
    return "hung up";
  }
  const answer = await service.post("/v1/rerank", body, {
    ...(route && { "x-rerank-route": route }),
    ...(timeoutMs !== undefined && { "x-request-timeout-ms": String(timeoutMs) }),
  });
  const outcomes = outcomesOf(request);
  if (answer.status !== 200) {
    expect(outcomes.errors, await answer.clone().text()).toContain(answer.status);
    if (answer.status === 503) await expectUnavailable(answer);
    else
      expect(await answer.json()).toMatchObject({
        code: answer.status === 429 ? "overloaded" : "deadline_exceeded",
      });
    return String(answer.status);
  }
  const [servedBy, reason] = routeOf(answer) as ["edge" | "backend" | "none", RouteReason];
  expect(outcomes.servedBy).toContain(servedBy);
  if (servedBy === "none") await expectUnranked(answer, documents.length, reason);
  else {
    const scores = servedBy === "edge" ? edgeScores(request) : backendScores(request);
    await expectRanking(answer, scores, servedBy, reason);
  }
  return `${servedBy} ${reason}`;
}
