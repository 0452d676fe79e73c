import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isRetryable, retryAfterOf, retryDelay } from "../../sdk/retry.ts";
import {
  failure,
  hanging,
  ranking,
  reply,
  stubService,
  unreachable,
  type Reply,
  type Stub,
} from "./stub-service.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const PARAMS = { query: "q", documents: ["0.5"] };

/** Ranks, and says how long after the first one each request was sent, in ms. */
async function sendTimes(stub: Stub, options?: Parameters<Stub["client"]["rerank"]>[1]) {
  const startMs = Date.now();
  const times: number[] = [];
  let seen = 0;
  let open = true;
  const outcome = stub.client
    .rerank(PARAMS, options)
    .then(
      () => "ranked",
      (error: { kind: string }) => error.kind,
    )
    .finally(() => (open = false));
  await vi.advanceTimersByTimeAsync(0);
  while (seen < stub.sent.length || open) {
    if (seen < stub.sent.length) {
      seen++;
      times.push(Date.now() - startMs);
    } else await vi.advanceTimersToNextTimerAsync();
  }
  return { times, outcome: await outcome };
}

test.each([408, 409, 429, 500, 502, 503, 504, 529])(
  "%i is tried again after half a second",
  async (status) => {
    const stub = stubService([reply(status), ranking]);
    expect(await sendTimes(stub)).toEqual({ times: [0, 500], outcome: "ranked" });
  },
);

test.each([400, 401, 403, 404, 410, 413, 415, 422, 424, 431, 501])(
  "%i is not tried again",
  async (status) => {
    const { client, sent } = stubService([reply(status), ranking]);
    expect(await failure(client.rerank(PARAMS))).toMatchObject({ status, retryable: false });
    expect(sent).toHaveLength(1);
  },
);

test("no connection is tried again", async () => {
  expect(await sendTimes(stubService([unreachable, ranking]))).toEqual({
    times: [0, 500],
    outcome: "ranked",
  });
});

test("a connection that breaks in the middle of an answer is tried again", async () => {
  const breaking: Reply = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.error(new TypeError("terminated")),
      }),
    );
  expect(await sendTimes(stubService([breaking, ranking]))).toMatchObject({ outcome: "ranked" });
});

test("whatever an injected fetch throws is a connection that failed", async () => {
  const own = Object.assign(new Error("connection refused"), { code: "ConnectionRefused" });
  const refused: Reply = () => {
    throw own;
  };
  const { client } = stubService(refused, { maxRetries: 0 });
  expect(await failure(client.rerank(PARAMS))).toMatchObject({ kind: "connection", cause: own });
});

test("x-should-retry wins over the status, both ways", async () => {
  const stubborn = stubService([reply(400, {}, { "x-should-retry": "true" }), ranking]);
  expect((await sendTimes(stubborn)).outcome).toBe("ranked");
  const final = stubService([reply(503, {}, { "x-should-retry": "false" }), ranking]);
  expect(await sendTimes(final)).toEqual({ times: [0], outcome: "overloaded" });
});

test.each([
  ["retry-after-ms in milliseconds", { "retry-after-ms": "1250" }, 1_250],
  ["Azure's x-ms-retry-after-ms", { "x-ms-retry-after-ms": "700" }, 700],
  ["retry-after-ms before Retry-After", { "retry-after-ms": "0", "retry-after": "9" }, 0],
  ["Retry-After in seconds", { "retry-after": "3" }, 3_000],
  ["Retry-After in parts of a second", { "retry-after": "1.5" }, 1_500],
  ["Retry-After as a date", { "retry-after": new Date(1_005_000).toUTCString() }, 5_000],
  ["a date that is over: the usual wait", { "retry-after": new Date(0).toUTCString() }, 500],
  ["a minute", { "retry-after": "60" }, 60_000],
  ["over a minute: the usual wait", { "retry-after": "61" }, 500],
  ["nonsense: the usual wait", { "retry-after": "soon", "retry-after-ms": "-1" }, 500],
])("it is waited for %s", async (_, headers, waitMs) => {
  const stub = stubService([reply(429, {}, headers), ranking]);
  expect(await sendTimes(stub)).toEqual({ times: [0, waitMs], outcome: "ranked" });
});

test("without a wish of the service, waits double from 0.5 s up to 8 s", async () => {
  const stub = stubService(reply(500), { maxRetries: 7 });
  const { times, outcome } = await sendTimes(stub);
  expect(times.slice(1).map((time, index) => time - times[index]!)).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000,
  ]);
  expect(outcome).toBe("server");
});

test.each([0, 1, 2, 3, 4, 5, 20, 1_000])(
  "the wait after %i retries is between three quarters of its time and all of it",
  (retries) => {
    const most = Math.min(500 * 2 ** retries, 8_000);
    expect(retryDelay({ retryAfterMs: undefined }, retries, 0)).toBe(most);
    const least = retryDelay({ retryAfterMs: undefined }, retries, 1 - 2 ** -53);
    expect(least).toBeGreaterThanOrEqual(most * 0.75);
    expect(least).toBeLessThan(most * 0.76);
  },
);

test("the client's maxRetries is 2, and a call's own comes over it", async () => {
  expect((await sendTimes(stubService(reply(500)))).times).toHaveLength(3);
  expect((await sendTimes(stubService(reply(500)), { maxRetries: 4 })).times).toHaveLength(5);
  const none = stubService(reply(500), { maxRetries: 0 });
  expect((await sendTimes(none)).times).toHaveLength(1);
});

test("the last try's error is thrown, and still says that it may be tried again later", async () => {
  const { client } = stubService([reply(500), reply(429, { code: "c" }, { "retry-after": "90" })], {
    maxRetries: 1,
  });
  const failed = failure(client.rerank(PARAMS));
  await vi.runAllTimersAsync();
  expect(await failed).toMatchObject({ status: 429, retryable: true, retryAfterMs: 90_000 });
});

test("a wait that totalTimeout leaves no time for is not begun", async () => {
  const stub = stubService(reply(503, {}, { "retry-after": "5" }), { totalTimeout: 5_000 });
  expect(await sendTimes(stub)).toEqual({ times: [0], outcome: "overloaded" });
});

test("tries and waits all count into totalTimeout", async () => {
  const stub = stubService([reply(500), reply(500), hanging], { totalTimeout: 4_000 });
  const { client, sent } = stub;
  const failed = failure(client.rerank(PARAMS));
  await vi.advanceTimersByTimeAsync(3_999);
  expect(sent[2]!.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await failed).toMatchObject({ kind: "timeout" });
  expect(sent.map(({ headers }) => headers.get("x-request-timeout-ms"))).toEqual([
    "4000",
    "3500",
    "2500",
  ]);
});

test("a retry sends the same body, and hooks are told which try it is", async () => {
  const seen: number[] = [];
  const stub = stubService([reply(500), reply(500), ranking], {
    onRequest: ({ retryCount }) => void seen.push(retryCount),
  });
  await sendTimes(stub);
  expect(seen).toEqual([0, 1, 2]);
  expect(new Set(stub.sent.map(({ body }) => JSON.stringify(body))).size).toBe(1);
});

test("without any fact an error is not tried again, unless it is of the network", () => {
  const kinds = ["invalid_request", "authentication", "server", "aborted"] as const;
  for (const kind of kinds) expect(isRetryable(kind, {})).toBe(false);
  for (const kind of ["connection", "timeout"] as const) expect(isRetryable(kind, {})).toBe(true);
  expect(retryAfterOf(new Headers(), 0)).toBeUndefined();
});
