import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { FIRST_OPEN_MS } from "../../worker/backends/circuit-breaker.ts";
import { startFaultyUpstream } from "../upstream/faulty-upstream.ts";
import { expectRanking, expectUnavailable, routeOf, timed } from "./fault-answers.ts";
import { backendScores, edgeScores, rankRequest } from "./fault-requests.ts";
import { queueSize, until, type WithBackend } from "./fault-service.ts";

const SMALL = rankRequest(4);
const LARGE = rankRequest(30);
const TOO_LARGE = rankRequest(200);

/** A backend that is gone is left alone, and asked again by one request. */
export function faultCircuit(withBackend: WithBackend): void {
  test.concurrent("an open circuit refuses without a call and lets small requests be, and one probe closes it again", () =>
    withBackend({}, async ({ service, upstream }) => {
      const large = (): Promise<Response> => service.post("/v1/rerank", LARGE);
      upstream.fault = { kind: "status", status: 500 };
      await large();
      const openedMs = performance.now();
      const calls = upstream.calls.length;
      for (let i = 0; i < 5; i++) {
        await expectUnavailable(await service.post("/v1/rerank", TOO_LARGE));
        await expectRanking(
          await service.post("/v1/rerank", SMALL),
          edgeScores(SMALL),
          "edge",
          "small",
        );
      }
      expect(upstream.calls).toHaveLength(calls);
      // One request at a time may ask whether the backend is back; the others are served as before.
      upstream.fault = { kind: "delay", ms: 4_000 };
      await setTimeout(FIRST_OPEN_MS + 100 - (performance.now() - openedMs));
      const probe = large();
      await until(() => upstream.calls.length === calls + 1);
      for (let i = 0; i < 3; i++)
        await expectRanking(await large(), edgeScores(LARGE), "edge", "circuit_open");
      await expectUnavailable(await service.post("/v1/rerank", TOO_LARGE));
      expect(upstream.calls).toHaveLength(calls + 1);
      await expectRanking(await probe, backendScores(LARGE), "backend", "large");
      upstream.fault = undefined;
      await expectRanking(
        await service.post("/v1/rerank", TOO_LARGE),
        backendScores(TOO_LARGE),
        "backend",
        "large",
      );
    }));

  test.concurrent("a backend that comes back at its address is found by the probe, which is sent but once", () =>
    withBackend({}, async ({ service, upstream }) => {
      await upstream.close();
      await service.post("/v1/rerank", LARGE);
      await setTimeout(FIRST_OPEN_MS + 100);
      // Still gone: the probe fails after one call, and the circuit stays open twice as long.
      const { value, ms } = await timed(service.post("/v1/rerank", TOO_LARGE));
      await expectUnavailable(value);
      // A call that is tried again takes 600 ms of waiting alone, and a timeout 10 s.
      expect(ms).toBeLessThan(5_000);
      expect(Number(value.headers.get("retry-after"))).toBeGreaterThan(FIRST_OPEN_MS / 1_000);
      const back = await startFaultyUpstream({ port: Number(new URL(upstream.url).port) });
      try {
        await setTimeout(2 * FIRST_OPEN_MS + 100);
        await expectRanking(
          await service.post("/v1/rerank", TOO_LARGE),
          backendScores(TOO_LARGE),
          "backend",
          "large",
        );
        expect(back.calls).toHaveLength(Math.ceil(TOO_LARGE.documents.length / 32));
      } finally {
        await back.close();
      }
    }));

  test.concurrent("a probe whose client hangs up leaves its place to the next request", () =>
    withBackend({}, async ({ service, upstream }) => {
      upstream.fault = { kind: "status", status: 500 };
      await service.post("/v1/rerank", LARGE);
      await setTimeout(FIRST_OPEN_MS + 100);
      upstream.reset();
      upstream.fault = { kind: "hang" };
      const hangUp = service.postAndHangUp("/v1/rerank", LARGE);
      await until(() => upstream.calls.length === 1);
      hangUp();
      await until(() => upstream.calls[0]!.aborted);
      await until(async () => (await queueSize(service)) === 0);
      upstream.fault = undefined;
      await expectRanking(
        await service.post("/v1/rerank", LARGE),
        backendScores(LARGE),
        "backend",
        "large",
      );
    }));

  test.concurrent("a thousand documents in calls of 32 are merged right, six calls at once at most", () =>
    withBackend({}, async ({ service, upstream }) => {
      upstream.fault = { kind: "delay", ms: 50 };
      const thousand = rankRequest(1_000);
      const answer = await service.post("/v1/rerank", thousand);
      await expectRanking(answer, backendScores(thousand), "backend", "large");
      expect(upstream.calls).toHaveLength(Math.ceil(1_000 / 32));
      expect(upstream.maxConcurrent).toBe(6);
      const documents = upstream.calls.map((call) => call.documents);
      expect(Math.max(...documents)).toBeLessThanOrEqual(32);
      expect(documents.reduce((sum, each) => sum + each)).toBe(1_000);
    }));

  test.concurrent("of a thousand documents, each third call of which fails, none is missing or there twice", () =>
    withBackend({ BACKEND_RETRIES: "5" }, async ({ service, upstream }) => {
      upstream.fault = { kind: "status", status: 500, every: 3 };
      const thousand = rankRequest(1_000);
      const answer = await service.post("/v1/rerank", thousand);
      await expectRanking(answer, backendScores(thousand), "backend", "large");
    }));

  test.concurrent("what is small stays at the edge while large requests fail at the backend", () =>
    withBackend({ BACKEND_TIMEOUT_MS: "3000" }, async ({ service, upstream }) => {
      upstream.fault = { kind: "hang" };
      const large = Array.from({ length: 4 }, () => service.post("/v1/rerank", LARGE));
      await until(() => upstream.calls.length >= 4);
      for (let i = 0; i < 10; i++) {
        const { value, ms } = await timed(service.post("/v1/rerank", SMALL));
        expect(routeOf(value)).toEqual(["edge", "small"]);
        expect(ms).toBeLessThan(2_000);
      }
      for (const answer of await Promise.all(large)) expect(routeOf(answer)[0]).toBe("edge");
    }));
}

/** Alone on the machine, as far as that goes. */
export function refusalTimes(withBackend: WithBackend): void {
  test("an open circuit refuses within 100 ms", () =>
    withBackend({}, async ({ service, upstream }) => {
      upstream.fault = { kind: "status", status: 500 };
      await service.post("/v1/rerank", TOO_LARGE);
      const refusals: number[] = [];
      for (let i = 0; i < 9; i++) {
        const { value, ms } = await timed(service.post("/v1/rerank", TOO_LARGE));
        await expectUnavailable(value);
        refusals.push(ms);
      }
      expect(refusals.toSorted((a, b) => a - b)[4]).toBeLessThan(100);
    }));
}
