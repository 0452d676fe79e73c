import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { failure, hanging, ranking, reply, stubService, type Reply } from "./stub-service.ts";

beforeEach(() => void vi.useFakeTimers());

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const PARAMS = { query: "q", documents: ["0.5"] };
const REASON = new Error("the page was left");
const ABORTED = { kind: "aborted", code: "aborted", cause: REASON, retryable: false };

test("a signal that was aborted before sends nothing", async () => {
  const { client, sent } = stubService(ranking);
  const error = await failure(client.rerank(PARAMS, { signal: AbortSignal.abort(REASON) }));
  expect(error).toMatchObject(ABORTED);
  expect(error.name).toBe("AbortedError");
  expect(sent).toEqual([]);
});

const hangingBody: Reply = () => new Response(new ReadableStream());

test.each([
  ["while the service computes", hanging],
  ["while the body comes", hangingBody],
  ["while a fetch hangs that heeds no signal", () => new Promise<Response>(() => {})],
])("a signal ends a call %s, and its request", async (_, answer) => {
  const { client, sent } = stubService(answer);
  const controller = new AbortController();
  const failed = failure(client.rerank(PARAMS, { signal: controller.signal }));
  await vi.advanceTimersByTimeAsync(5);
  controller.abort(REASON);
  expect(await failed).toMatchObject(ABORTED);
  expect(sent[0]!.signal.aborted).toBe(true);
  expect(sent).toHaveLength(1);
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
});

test("a signal ends the wait between two tries", async () => {
  const { client, sent } = stubService(reply(503, {}, { "retry-after": "30" }));
  const controller = new AbortController();
  const failed = failure(client.rerank(PARAMS, { signal: controller.signal }));
  await vi.advanceTimersByTimeAsync(5);
  controller.abort(REASON);
  expect(await failed).toMatchObject(ABORTED);
  expect(sent).toHaveLength(1);
});

test("a signal that is aborted in a hook ends the call before the wait", async () => {
  const controller = new AbortController();
  const { client, sent } = stubService(reply(503), { onResponse: () => controller.abort(REASON) });
  expect(await failure(client.rerank(PARAMS, { signal: controller.signal }))).toMatchObject(
    ABORTED,
  );
  expect(sent).toHaveLength(1);
});

test("a signal that is aborted afterwards changes nothing", async () => {
  const { client } = stubService(ranking);
  const controller = new AbortController();
  const answer = await client.rerank(PARAMS, { signal: controller.signal });
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  controller.abort(REASON);
  expect(answer.reranked).toBe(true);
});
