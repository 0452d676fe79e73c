import { describe, expect, test } from "vitest";
import { startFaultyUpstream, type Fault } from "../upstream/faulty-upstream.ts";
import { expectRanking, expectUnavailable, expectUnranked, timed } from "./fault-answers.ts";
import { backendScores, edgeScores, rankRequest } from "./fault-requests.ts";
import { API_KEY, until, type WithBackend } from "./fault-service.ts";

/** Over EDGE_MAX_TOKENS, and one call to the backend. */
const LARGE = rankRequest(30);

/** Over EDGE_FALLBACK_MAX_TOKENS, and seven calls. */
const TOO_LARGE = rankRequest(200);

const ELSEWHERE = "http://127.0.0.1:1/rerank";

/** Those after which the same call may succeed; score_out_of_range is of protocols that promise a sigmoid. */
const PASSING: Fault[] = [
  { kind: "delay", ms: 5_000 },
  { kind: "hang" },
  { kind: "refuse" },
  { kind: "cut" },
  { kind: "half_body" },
  { kind: "slow_drip", ms: 50 },
  { kind: "wrong_count" },
  { kind: "wrong_count", by: 1 },
  { kind: "nan" },
  { kind: "nan", as: "null" },
  { kind: "score_out_of_range", score: "1e999" },
  { kind: "score_out_of_range", score: "-1e999" },
  { kind: "duplicate_index" },
  { kind: "index_out_of_range" },
  { kind: "index_out_of_range", index: -1 },
  { kind: "index_out_of_range", index: 0.5 },
  { kind: "status", status: 408 },
  { kind: "status", status: 429 },
  { kind: "status", status: 429, retryAfter: "0" },
  { kind: "status", status: 500 },
  { kind: "status", status: 503 },
  { kind: "html" },
  { kind: "html", status: 502 },
];

/** Those after which asking again is no use. */
const LASTING: Fault[] = [
  { kind: "status", status: 401 },
  { kind: "status", status: 403 },
  { kind: "status", status: 404 },
  { kind: "redirect", to: ELSEWHERE },
  { kind: "redirect", to: ELSEWHERE, status: 302 },
  { kind: "huge_body" },
  { kind: "huge_body", declared: true },
];

/** Tries of a call that may succeed: BACKEND_RETRIES is 2. */
const TRIES = 3;

/** Outages in a row that open the circuit. */
const OUTAGES = 3;

/** Where it is the time-out that ends a call; right answers come within it on a busy machine, too. */
const HURRY = { BACKEND_TIMEOUT_MS: "1000" };

/** Faults that last longer than a call may take, and no others, need a hurry. */
function varsFor({ kind }: Fault): Record<string, string> {
  return ["delay", "hang", "slow_drip"].includes(kind) ? HURRY : {};
}

/** Each kind of fault: what the caller sees. */
export function faultKinds(withBackend: WithBackend): void {
  const cases = [
    ...PASSING.map((fault) => ({ fault, tries: TRIES })),
    ...LASTING.map((fault) => ({ fault, tries: 1 })),
  ].map((each) => ({ ...each, name: JSON.stringify(each.fault) }));

  describe.concurrent("while it lasts, the edge stands in, an error is declared or the order is kept:", () => {
    test.each(cases)("$name", ({ fault, tries }) =>
      withBackend(varsFor(fault), async ({ service, upstream }) => {
        upstream.fault = fault;
        const large = (): Promise<Response> => service.post("/v1/rerank", LARGE);
        for (let calls = tries; calls <= OUTAGES; calls += tries) {
          await expectRanking(await large(), edgeScores(LARGE), "edge", "backend_failed");
          expect(upstream.calls).toHaveLength(calls);
        }
        // The circuit is open: no call is made.
        await expectRanking(await large(), edgeScores(LARGE), "edge", "circuit_open");
        await expectUnavailable(await service.post("/v1/rerank", TOO_LARGE));
        const failOpen = { ...TOO_LARGE, fail_open: true };
        await expectUnranked(
          await service.post("/v1/rerank", failOpen),
          200,
          "backend_unavailable",
        );
        expect(upstream.calls).toHaveLength(OUTAGES);
      }),
    );
  });

  describe.concurrent("when it passes, the backend's answer is right:", () => {
    test.each(PASSING.map((fault) => ({ fault, name: JSON.stringify(fault) })))(
      "$name",
      ({ fault }) =>
        // So many retries that a call which happens to be the third again and again comes through.
        withBackend({ ...varsFor(fault), BACKEND_RETRIES: "5" }, async ({ service, upstream }) => {
          upstream.fault = { ...fault, times: 1 };
          await expectRanking(
            await service.post("/v1/rerank", LARGE),
            backendScores(LARGE),
            "backend",
            "large",
          );
          expect(upstream.calls).toHaveLength(2);
          // Of a list in parts, only the one that failed is sent again.
          upstream.reset();
          upstream.fault = { ...fault, every: 3 };
          await expectRanking(
            await service.post("/v1/rerank", TOO_LARGE),
            backendScores(TOO_LARGE),
            "backend",
            "large",
          );
          const struck = upstream.calls.filter((call) => call.fault !== undefined);
          expect(struck.length).toBeGreaterThan(1);
          const documents = upstream.calls
            .filter((call) => call.fault === undefined)
            .reduce((sum, call) => sum + call.documents, 0);
          expect(documents).toBe(TOO_LARGE.documents.length);
        }),
    );
  });

  test.concurrent("an address that nobody listens at is as a fault that lasts", () =>
    withBackend({ BACKEND_RETRIES: "0" }, async ({ service, upstream }) => {
      await upstream.close();
      await expectRanking(
        await service.post("/v1/rerank", LARGE),
        edgeScores(LARGE),
        "edge",
        "backend_failed",
      );
      await expectUnavailable(await service.post("/v1/rerank", TOO_LARGE));
    }));

  test.concurrent("a call that the backend refuses for what is in it says nothing against the backend", () =>
    withBackend({}, async ({ service, upstream }) => {
      upstream.fault = { kind: "status", status: 422 };
      for (let calls = 1; calls <= 2 * OUTAGES; calls++) {
        await expectRanking(
          await service.post("/v1/rerank", LARGE),
          edgeScores(LARGE),
          "edge",
          "backend_failed",
        );
        expect(upstream.calls).toHaveLength(calls);
      }
      upstream.fault = undefined;
      await expectRanking(
        await service.post("/v1/rerank", LARGE),
        backendScores(LARGE),
        "backend",
        "large",
      );
    }));

  test.concurrent("a redirect is not followed, and the key goes nowhere else", () =>
    withBackend({}, async ({ service, upstream }) => {
      const other = await startFaultyUpstream();
      for (const status of [302, 307] as const) {
        upstream.fault = { kind: "redirect", to: `${other.url}/rerank`, status };
        await expectRanking(
          await service.post("/v1/rerank", LARGE),
          edgeScores(LARGE),
          "edge",
          "backend_failed",
        );
      }
      expect(upstream.calls.map(({ headers }) => headers.authorization)).toEqual(
        Array(2).fill(`Bearer ${API_KEY}`),
      );
      expect(other.calls).toEqual([]);
      await other.close();
    }));

  test.concurrent("a body without an end is left after little more than an answer may have", () =>
    withBackend({}, async ({ service, upstream }) => {
      for (const declared of [false, true]) {
        upstream.reset();
        upstream.fault = { kind: "huge_body", declared };
        await service.post("/v1/rerank", LARGE);
        const [call] = upstream.calls;
        await until(() => call!.endedMs !== undefined);
        expect(call!.aborted).toBe(true);
        // What the connection holds on its way included.
        expect(call!.responseBytes).toBeLessThan(20e6);
      }
    }));

  test.concurrent("a call that hangs is left after BACKEND_TIMEOUT_MS", () =>
    withBackend({ ...HURRY, BACKEND_RETRIES: "1" }, async ({ service, upstream }) => {
      upstream.fault = { kind: "hang" };
      const { ms } = await timed(service.post("/v1/rerank", LARGE));
      expect(upstream.calls).toHaveLength(2);
      await until(() => upstream.calls.every((call) => call.aborted));
      // Twice its 1 s, and far from twice the 10 s that are the default.
      expect(ms).toBeGreaterThan(1_950);
      expect(ms).toBeLessThan(12_000);
    }));
}
