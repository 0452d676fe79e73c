import { expect, test } from "vitest";
import { LIMITS } from "../../worker/limits.ts";
import type { Fault } from "../upstream/faulty-upstream.ts";
import { expectRanking, expectUnavailable } from "./fault-answers.ts";
import { backendScores, edgeScores, rankRequest } from "./fault-requests.ts";
import { expectNothingTold, queueSize, until, type WithBackend } from "./fault-service.ts";

const SMALL = rankRequest(4);
const LARGE = rankRequest(30);
const TOO_LARGE = rankRequest(200);

/** 127 full windows, of nearly as many characters as a request may have. */
const MOST_WORK = rankRequest(127, 0, 3_000);

const FAILS: Fault = { kind: "status", status: 500 };

/** Who serves what, by its size and by `x-rerank-route`. */
export function routingContract(withBackend: WithBackend): void {
  test.concurrent("by size: small requests never reach the backend, large ones do", () =>
    withBackend({}, async ({ service, upstream }) => {
      for (const headers of [{}, { "x-rerank-route": "auto" }, { "x-rerank-route": "" }]) {
        const post = (body: object): Promise<Response> => service.post("/v1/rerank", body, headers);
        upstream.reset();
        await expectRanking(await post(SMALL), edgeScores(SMALL), "edge", "small");
        expect(upstream.calls).toEqual([]);
        for (const request of [LARGE, TOO_LARGE])
          await expectRanking(await post(request), backendScores(request), "backend", "large");
      }
    }));

  test.concurrent("near the line it is the tokenizer's count that decides", () =>
    withBackend({}, async ({ service, upstream }) => {
      // 25 tokens a pair, of which 200 are small.
      const atLimit = rankRequest(8);
      await expectRanking(
        await service.post("/v1/rerank", atLimit),
        edgeScores(atLimit),
        "edge",
        "small",
      );
      expect(upstream.calls).toEqual([]);
      const over = rankRequest(9);
      await expectRanking(
        await service.post("/v1/rerank", over),
        backendScores(over),
        "backend",
        "large",
      );
    }));

  test.concurrent("edge: at the edge whatever its size", () =>
    withBackend({}, async ({ service, upstream }) => {
      for (const request of [SMALL, LARGE, TOO_LARGE]) {
        const answer = await service.post("/v1/rerank", request, { "x-rerank-route": "edge" });
        await expectRanking(answer, edgeScores(request), "edge", "requested");
      }
      expect(upstream.calls).toEqual([]);
    }));

  test.concurrent("backend: at the backend whatever its size, and by nobody when that fails", () =>
    withBackend({}, async ({ service, upstream }) => {
      const post = (body: object): Promise<Response> =>
        service.post("/v1/rerank", body, { "x-rerank-route": "backend" });
      for (const request of [SMALL, LARGE, TOO_LARGE])
        await expectRanking(await post(request), backendScores(request), "backend", "requested");
      upstream.fault = FAILS;
      for (const request of [SMALL, LARGE, TOO_LARGE, SMALL])
        await expectUnavailable(await post(request));
      await expectRanking(
        await service.post("/v1/rerank", SMALL),
        edgeScores(SMALL),
        "edge",
        "small",
      );
    }));

  test.concurrent("a small request goes to the backend while too many wait at the edge", () =>
    withBackend({ BACKEND_RETRIES: "0" }, async ({ service, upstream }) => {
      const small = (): Promise<Response> => service.post("/v1/rerank", SMALL);
      const forced = { "x-rerank-route": "edge" };
      const clients: (() => void)[] = [];
      upstream.fault = { ...FAILS, every: 2 };
      let answers: Response[] = [];
      // The queue is full from when it refuses one more until the request that is computed is done, so that several tries may be needed.
      await until(async () => {
        clients.push(service.postAndHangUp("/v1/rerank", MOST_WORK, forced));
        const waiting = Array.from({ length: LIMITS.maxQueuedRequests + 8 }, () =>
          service.post("/v1/rerank", SMALL, forced),
        );
        const isFull = await Promise.any(waiting.map(isRefused)).catch(() => false);
        // The backend answers one of them, and fails with the other.
        if (isFull) answers = await Promise.all([small(), small()]);
        return (
          isFull &&
          answers.every(
            ({ status, headers }) =>
              status === 429 || headers.get("x-rerank-served-by") === "backend",
          )
        );
      }, 30);
      const [ranked, refused] = answers.toSorted((a, b) => a.status - b.status);
      await expectRanking(ranked!, backendScores(SMALL), "backend", "edge_queue_full");
      expect(refused!.status).toBe(429);
      expect(refused!.headers.get("retry-after")).toMatch(/^\d+$/);
      for (const hangUp of clients) hangUp();
      await until(async () => (await queueSize(service)) === 0);
      await expectRanking(await small(), edgeScores(SMALL), "edge", "small");
    }));

  test.concurrent("settings that make no sense are told by name, without the secret, to the log and to callers", () =>
    withBackend({ BACKEND_PROTOCOL: "teii" }, async ({ service, upstream }) => {
      const answer = await service.post("/v1/rerank", SMALL);
      expect(answer.status).toBe(500);
      const text = await answer.text();
      for (const told of [text, service.logs()]) {
        expect(told).toContain("BACKEND_PROTOCOL must be one of");
        expectNothingTold(told);
      }
      expect(JSON.parse(text)).toMatchObject({ code: "misconfigured" });
      expect(upstream.calls).toEqual([]);
    }));

  test.concurrent("another route is refused", () =>
    withBackend({}, async ({ service, upstream }) => {
      const answer = await service.post("/v1/rerank", LARGE, { "x-rerank-route": "gpu" });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: "invalid_value", param: "x-rerank-route" });
      expect(upstream.calls).toEqual([]);
    }));

  test.concurrent("a request's trace goes on to the backend, each call with a parent of its own", () =>
    withBackend({ BACKEND_MAX_DOCUMENTS: "8" }, async ({ service, upstream }) => {
      const [trace, parent] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
      const sent = { traceparent: `00-${trace}-${parent}-01`, tracestate: "a=1, b=2" };
      const answer = await service.post("/v1/rerank", LARGE, sent);
      expect(answer.status).toBe(200);
      for (const name of ["traceparent", "tracestate"])
        expect(answer.headers.has(name)).toBe(false);
      const parents = upstream.calls.map(({ headers }) => {
        expect(headers["tracestate"]).toBe("a=1,b=2");
        return new RegExp(`^00-${trace}-([0-9a-f]{16})-01$`).exec(
          String(headers["traceparent"]),
        )![1];
      });
      expect(parents.length).toBeGreaterThan(3);
      expect(new Set([...parents, parent]).size).toBe(parents.length + 1);
    }));

  test.concurrent("what is no trace to the letter does not reach the backend, and another one does", () =>
    withBackend({}, async ({ service, upstream }) => {
      const sent = { traceparent: "00-kanarie", tracestate: "kanarie=kanarie" };
      const answer = await service.post("/v1/rerank", LARGE, sent);
      expect(answer.status).toBe(200);
      for (const { headers } of upstream.calls) {
        expect(headers["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
        expect(JSON.stringify(headers)).not.toContain("kanarie");
      }
      expect(service.logs()).not.toContain("kanarie");
    }));

  test.concurrent("what only the edge can do stays there", () =>
    withBackend({}, async ({ service, upstream }) => {
      const windows = { ...LARGE, long_documents: "max_window" };
      await expectRanking(
        await service.post("/v1/rerank", windows),
        edgeScores(LARGE),
        "edge",
        "edge_only_option",
      );
      const forced = await service.post("/v1/rerank", windows, { "x-rerank-route": "backend" });
      expect(forced.status).toBe(400);
      expect(upstream.calls).toEqual([]);
    }));
}

/** True for a request that finds the queue full; rejects for one that was computed. */
async function isRefused(answer: Promise<Response>): Promise<true> {
  const { status } = await answer;
  if (status !== 429) throw new Error(`the queue was not full: ${status}`);
  return true;
}
