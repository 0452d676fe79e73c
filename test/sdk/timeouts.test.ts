import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MAX_REQUEST_TIMEOUT_MS } from "../../worker/settings.ts";
import { failure, hanging, ranking, stubService, type Reply } from "./stub-service.ts";

beforeEach(() => void vi.useFakeTimers());

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const PARAMS = { query: "q", documents: ["0.5"] };

/** Sends a status and the beginning of a body, and does not heed any signal. */
const hangingBody: Reply = () =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"results":')),
    }),
  );

/** Never answers and does not heed any signal either. */
const deaf: Reply = () => new Promise(() => {});

test.each([
  ["a service that never answers", hanging],
  ["a fetch that heeds no signal", deaf],
  ["a body that hangs", hangingBody],
])("%s times out", async (_, answer) => {
  const { client, sent } = stubService(answer, { timeout: 2_000, maxRetries: 0 });
  const failed = failure(client.rerank(PARAMS));
  await vi.advanceTimersByTimeAsync(1_999);
  expect(sent[0]!.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  const error = await failed;
  expect(error).toMatchObject({ kind: "timeout", code: "timeout", retryable: true });
  expect(error.message).toContain("2000 ms");
  expect(error.message).toContain("raise timeout");
  expect(sent[0]!.signal.aborted).toBe(true);
});

test.each([
  ["a key that never comes", { apiKey: () => new Promise<string>(() => {}) }],
  ["an onRequest that hangs", { onRequest: () => new Promise<void>(() => {}) }],
  ["an onResponse that hangs", { onResponse: () => new Promise<void>(() => {}) }],
])("%s counts into the timeout", async (_, options) => {
  const { client } = stubService(ranking, { timeout: 100, maxRetries: 0, ...options });
  const failed = failure(client.rerank(PARAMS));
  await vi.advanceTimersByTimeAsync(100);
  expect(await failed).toMatchObject({ kind: "timeout" });
});

test("the timeout is 60 s, of each try, and a try that timed out is tried again", async () => {
  const { client, sent } = stubService([hanging, hanging, ranking]);
  const ranked = client.rerank(PARAMS);
  await vi.advanceTimersByTimeAsync(59_999);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(62_000);
  expect(await ranked).toMatchObject({ reranked: true });
  expect(sent.map(({ headers }) => headers.get("x-request-timeout-ms"))).toEqual([
    "60000",
    "60000",
    "60000",
  ]);
});

test("a call's own timeout comes over the client's", async () => {
  const { client } = stubService(hanging, { timeout: 60_000, maxRetries: 0 });
  const failed = failure(client.rerank(PARAMS, { timeout: 10 }));
  await vi.advanceTimersByTimeAsync(10);
  expect(await failed).toMatchObject({ kind: "timeout" });
});

test.each([Infinity, 2 ** 40])("a timeout of %d ms is none", async (timeout) => {
  const { client, sent } = stubService(hanging, { timeout, totalTimeout: Infinity, maxRetries: 0 });
  const controller = new AbortController();
  const failed = failure(client.rerank(PARAMS, { signal: controller.signal }));
  await vi.advanceTimersByTimeAsync(3_600_000);
  controller.abort();
  expect(await failed).toMatchObject({ kind: "aborted" });
  // The longest that the service takes.
  expect(sent[0]!.headers.get("x-request-timeout-ms")).toBe(`${MAX_REQUEST_TIMEOUT_MS}`);
});

test("rerankMany's totalTimeout is of all its requests together", async () => {
  const { client, sent } = stubService(async (each) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return ranking(each);
  });
  const options = { maxDocuments: 1, concurrency: 1, totalTimeout: 1_000 };
  const failed = failure(client.rerankMany({ query: "q", documents: ["a", "b", "c"] }, options));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await failed).toMatchObject({ kind: "timeout" });
  expect(sent.map(({ headers }) => headers.get("x-request-timeout-ms"))).toEqual([
    "1000",
    "600",
    "200",
  ]);
  await vi.runAllTimersAsync();
});
