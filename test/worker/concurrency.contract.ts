import { expect, test } from "vitest";
import type { RerankRequestBody, RerankResponseBody } from "../../sdk/index.ts";
import { LIMITS } from "../../worker/limits.ts";
import { LEASE_MS } from "../../worker/queue.ts";
import { CAPITALS, longRequest, type Service } from "./service.ts";

export function concurrencyContract(service: Service): void {
  async function rerank(body: RerankRequestBody): Promise<RerankResponseBody> {
    const response = await service.post("/v1/rerank", body);
    expect(response.status).toBe(200);
    return (await response.json()) as RerankResponseBody;
  }

  /** The work with its time in milliseconds. */
  async function timed<T>(work: Promise<T>): Promise<{ value: T; ms: number }> {
    const start = performance.now();
    const value = await work;
    return { value, ms: performance.now() - start };
  }

  const isPending = async (work: Promise<unknown>): Promise<boolean> =>
    (await Promise.race([work, Promise.resolve("pending")])) === "pending";

  test("20 concurrent requests get the answers they get alone", async () => {
    const requests = Array.from({ length: 20 }, (_, index) => ({
      ...CAPITALS,
      query: `${CAPITALS.query} ${index}`,
      documents: CAPITALS.documents.slice(0, 1 + (index % 4)),
    }));
    const together = await Promise.all(requests.map(rerank));
    for (const [index, request] of requests.entries()) {
      expect(together[index]!.results).toEqual((await rerank(request)).results);
    }
  });

  test("20 concurrent requests that do not declare their size are answered", async () => {
    const streamed = () => {
      const body = new Blob([JSON.stringify(CAPITALS)]).stream();
      const headers = { "content-type": "application/json" };
      return service.fetch("/v1/rerank", {
        method: "POST",
        headers,
        body,
        duplex: "half",
      } as RequestInit);
    };
    const responses = await Promise.all(Array.from({ length: 20 }, streamed));
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  test("/health answers while a long request is computed", async () => {
    const one = await timed(rerank(longRequest(1)));
    const long = timed(rerank(longRequest(12)));
    const waits: number[] = [];
    while (await isPending(long)) {
      const { value, ms } = await timed(service.fetch("/health"));
      expect(value.status).toBe(200);
      waits.push(ms);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(waits.length).toBeGreaterThan(5);
    // Never the whole of it: a few slices at most.
    expect(Math.max(...waits)).toBeLessThan(Math.max(6 * one.ms, 500));
    expect(Math.max(...waits)).toBeLessThan((await long).ms / 2);
  });

  test("a short request does not wait for a long one that came before it", async () => {
    const finished: string[] = [];
    const long = rerank(longRequest(8)).then(() => finished.push("long"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const short = rerank(CAPITALS).then(() => finished.push("short"));
    await Promise.all([long, short]);
    expect(finished).toEqual(["short", "long"]);
  });

  test("requests with as much work are answered in the order of their arrival", async () => {
    const finished: string[] = [];
    const first = rerank(longRequest(4)).then(() => finished.push("first"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = rerank(longRequest(4)).then(() => finished.push("second"));
    await Promise.all([first, second]);
    expect(finished).toEqual(["first", "second"]);
  });

  test("a request whose time would be over before its turn is refused at once", async () => {
    const long = rerank(longRequest(12));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const headers = { "x-request-timeout-ms": "3000" };
    const { value, ms } = await timed(service.post("/v1/rerank", longRequest(64), headers));
    expect(value.status).toBe(429);
    expect(Number(value.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(await value.json()).toMatchObject({
      code: "overloaded",
      message: expect.stringContaining("x-request-timeout-ms"),
    });
    expect(ms).toBeLessThan(1_500);
    await long;
  });

  test("slow senders keep nobody out", async () => {
    const silent = new AbortController();
    const slow = Array.from({ length: 3 * LIMITS.maxQueuedRequests }, () =>
      service.fetch("/v1/rerank", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: new ReadableStream({ start: (body) => body.enqueue(new Uint8Array([0x7b])) }),
        signal: silent.signal,
        duplex: "half",
      } as RequestInit),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await rerank(CAPITALS);
    silent.abort();
    expect((await Promise.allSettled(slow)).map(({ status }) => status)).toEqual(
      Array(slow.length).fill("rejected"),
    );
  });

  test("a request whose client hangs up is dropped, and the next one is served at once", async () => {
    const hungUp = await service.postAndHangUp(
      "/v1/rerank",
      longRequest(LIMITS.maxEdgeTokens / 512),
      500,
    );
    expect(hungUp.status).toBe(499);
    const { ms } = await timed(rerank(CAPITALS));
    // It left by itself: nobody had to wait for its lease to end, let alone for the 20 s that it would have taken.
    expect(ms).toBeLessThan(LEASE_MS / 2);
  });

  test("requests whose clients hang up while they wait leave the queue", async () => {
    const long = rerank(longRequest(12));
    const abandoned = Array.from({ length: LIMITS.maxQueuedRequests - 2 }, () =>
      service.postAndHangUp("/v1/rerank", longRequest(LIMITS.maxEdgeTokens / 512), 300),
    );
    // On a slow machine some of them would have to wait for longer than anybody may.
    const statuses = (await Promise.all(abandoned)).map(({ status }) => status);
    expect(statuses).toContain(499);
    expect(statuses.filter((status) => status !== 499 && status !== 429)).toEqual([]);
    await long;
    const all = await Promise.all(Array.from({ length: 20 }, () => rerank(CAPITALS)));
    expect(all).toHaveLength(20);
  });

  test("a full queue refuses with 429 and Retry-After, and empties again", async () => {
    const long = rerank(longRequest(12));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const responses = await Promise.all(
      Array.from({ length: LIMITS.maxQueuedRequests + 8 }, () =>
        service.post("/v1/rerank", CAPITALS),
      ),
    );
    const refused = responses.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(responses.length - refused.length).toBeGreaterThanOrEqual(LIMITS.maxQueuedRequests - 1);
    for (const response of refused) {
      expect(response.status).toBe(429);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
      expect(await response.json()).toMatchObject({ code: "overloaded" });
    }
    await long;
    await rerank(CAPITALS);
  });
}
