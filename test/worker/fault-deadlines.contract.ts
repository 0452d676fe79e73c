import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Fault } from "../upstream/faulty-upstream.ts";
import { expectRanking, expectUnranked, timed } from "./fault-answers.ts";
import { backendScores, edgeScores, rankRequest } from "./fault-requests.ts";
import { queueSize, until, type WithBackend } from "./fault-service.ts";

const SMALL = rankRequest(4);
const LARGE = rankRequest(30);
const MANY_CALLS = rankRequest(200);

/** How long an answer takes, and who gives it, when a backend is slow or asks to wait. */
export function faultDeadlines(withBackend: WithBackend): void {
  test.concurrent.each([
    { header: "retry-after", wish: { retryAfter: "1" } },
    { header: "retry-after-ms", wish: { retryAfterMs: 1_000 } },
    { header: "both", wish: { retryAfter: "0", retryAfterMs: 1_000 } },
  ])("429 with $header is asked again after that time", ({ wish }) =>
    withBackend({}, async ({ service, upstream }) => {
      upstream.fault = { kind: "status", status: 429, times: 1, ...wish };
      await expectRanking(
        await service.post("/v1/rerank", LARGE),
        backendScores(LARGE),
        "backend",
        "large",
      );
      const [first, second] = upstream.calls;
      expect(second!.startedMs - first!.startedMs).toBeGreaterThanOrEqual(990);
      expect(second!.startedMs - first!.startedMs).toBeLessThan(5_000);
    }),
  );

  test.concurrent("429 with a wait that is longer than the request's time is not waited for", () =>
    withBackend({}, async ({ service, upstream }) => {
      upstream.fault = { kind: "status", status: 429, retryAfter: "30" };
      const headers = { "x-request-timeout-ms": "25000" };
      const { value, ms } = await timed(service.post("/v1/rerank", LARGE, headers));
      await expectRanking(value, edgeScores(LARGE), "edge", "backend_failed");
      expect(ms).toBeLessThan(10_000);
      expect(upstream.calls).toHaveLength(1);
    }));

  test.concurrent.each<Fault>([{ kind: "hang" }, { kind: "slow_drip", ms: 200 }])(
    "x-request-timeout-ms ends a request whose backend has the fault $kind",
    (fault) =>
      withBackend({}, async ({ service, upstream }) => {
        upstream.fault = fault;
        const headers = { "x-request-timeout-ms": "600" };
        const { value, ms } = await timed(service.post("/v1/rerank", MANY_CALLS, headers));
        expect(value.status).toBe(504);
        expect(await value.json()).toMatchObject({ code: "deadline_exceeded" });
        expect(ms).toBeGreaterThan(550);
        // Far from the 10 s after which a call is given up.
        expect(ms).toBeLessThan(5_000);
        await until(() => upstream.calls.every(({ aborted }) => aborted));
        const failOpen = { ...MANY_CALLS, fail_open: true };
        const open = await timed(service.post("/v1/rerank", failOpen, headers));
        await expectUnranked(open.value, 200, "deadline_exceeded");
        expect(open.ms).toBeLessThan(5_000);
      }),
  );

  test.concurrent("it is the request's time that is over, whichever timer fires first", () =>
    withBackend({}, async ({ service, upstream }) => {
      upstream.fault = { kind: "hang" };
      for (const request of [MANY_CALLS, LARGE]) {
        for (let timeoutMs = 60; timeoutMs < 75; timeoutMs++) {
          const headers = { "x-request-timeout-ms": String(timeoutMs) };
          const answer = await service.post("/v1/rerank", request, headers);
          expect(answer.status).toBe(504);
        }
      }
    }));

  test.concurrent("a caller in a hurry does not open the circuit for all others", () =>
    withBackend({}, async ({ service, upstream }) => {
      upstream.fault = { kind: "delay", ms: 400 };
      for (let i = 0; i < 5; i++) {
        const hurried = await service.post("/v1/rerank", LARGE, { "x-request-timeout-ms": "100" });
        expect(hurried.status).toBe(504);
      }
      await expectRanking(
        await service.post("/v1/rerank", LARGE),
        backendScores(LARGE),
        "backend",
        "large",
      );
    }));

  test.concurrent("REQUEST_TIMEOUT_MS is the time of a request that has none of its own", () =>
    withBackend({ REQUEST_TIMEOUT_MS: "500" }, async ({ service, upstream }) => {
      upstream.fault = { kind: "hang" };
      const { value, ms } = await timed(service.post("/v1/rerank", LARGE));
      expect(value.status).toBe(504);
      expect(ms).toBeLessThan(5_000);
    }));

  test.concurrent("a client that hangs up ends the calls to the backend, and frees its place", () =>
    withBackend({}, async ({ service, upstream }) => {
      upstream.fault = { kind: "hang" };
      const hangUp = service.postAndHangUp("/v1/rerank", MANY_CALLS);
      await until(() => upstream.calls.length === 6);
      expect(await queueSize(service)).toBe(1);
      hangUp();
      await until(() => upstream.calls.every(({ aborted }) => aborted));
      await until(async () => (await queueSize(service)) === 0);
      // None of the parts that waited is sent any more, and the backend is not thought ill of.
      await setTimeout(300);
      expect(upstream.calls).toHaveLength(6);
      upstream.fault = undefined;
      await expectRanking(
        await service.post("/v1/rerank", LARGE),
        backendScores(LARGE),
        "backend",
        "large",
      );
    }));

  test.concurrent("clients that hang up while their calls wait to be tried again free their places", () =>
    withBackend({}, async ({ service, upstream }) => {
      upstream.fault = { kind: "status", status: 429, retryAfter: "20", times: 2 };
      const clients = [LARGE, LARGE].map((body) => service.postAndHangUp("/v1/rerank", body));
      await until(() => upstream.calls.length === 2);
      for (const hangUp of clients) hangUp();
      await until(async () => (await queueSize(service)) === 0);
      expect(upstream.calls).toHaveLength(2);
      await expectRanking(
        await service.post("/v1/rerank", SMALL),
        edgeScores(SMALL),
        "edge",
        "small",
      );
    }));
}
