import { getEventListeners } from "node:events";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { callUpstream } from "../../../worker/backends/call-upstream.ts";
import type { PostRequest } from "../../../worker/backends/post.ts";
import { answerWith, localServer } from "./local-server.ts";

const server = localServer();

beforeEach(() => void (server.requests.length = 0));

function call(changed: Partial<PostRequest> = {}, signal = new AbortController().signal) {
  const request: PostRequest = {
    url: `${server.url}/rerank`,
    body: JSON.stringify({ query: "¿q?" }),
    headers: { authorization: "Bearer k" },
    timeoutMs: 5_000,
    maxAnswerBytes: 1_000,
    fetch,
    ...changed,
  };
  return callUpstream(request, signal);
}

/** The status and the body of an answer; throws at a failure. */
async function answer(...args: Parameters<typeof call>) {
  const result = await call(...args);
  if (!result.ok) throw new Error(result.failure.kind);
  return { status: result.response.status, body: result.response.body };
}

test("JSON is posted with the headers given, and the answer's is parsed", async () => {
  server.answer = answerWith(200, { scores: [1.5] }, { "x-tokens": "7" });
  const result = await call();
  expect(result).toMatchObject({ ok: true, response: { status: 200, body: { scores: [1.5] } } });
  expect(result.ok && result.response.headers.get("x-tokens")).toBe("7");
  expect(server.requests).toMatchObject([
    {
      method: "POST",
      url: "/rerank",
      headers: { authorization: "Bearer k", "content-type": "application/json" },
      body: '{"query":"¿q?"}',
    },
  ]);
});

describe("a body of status 200", () => {
  test.each([
    ['"[{\\"label\\":\\"LABEL_0\\"}]"', [{ label: "LABEL_0" }]],
    ['"just a string"', "just a string"],
    ["null", null],
    ["﻿[1]", [1]],
  ])("%s is %j", async (body, expected) => {
    server.answer = answerWith(200, body);
    expect((await answer()).body).toEqual(expected);
  });

  test.each(["", "<html>", "[NaN]", '{"a":', "[1] [2]"])("%j is not JSON", async (body) => {
    server.answer = answerWith(200, body);
    expect(await call()).toEqual({ ok: false, failure: { kind: "not_json" } });
  });

  test("may have as many bytes as allowed, and not one more", async () => {
    server.answer = answerWith(200, JSON.stringify("x".repeat(998)));
    expect((await answer()).status).toBe(200);
    server.answer = answerWith(200, JSON.stringify("x".repeat(999)));
    const failure = { kind: "too_large", maxBytes: 1_000 };
    expect(await call()).toEqual({ ok: false, failure });
  });
});

describe("an answer of another status", () => {
  test.each([
    [503, '{"message":"later"}', { message: "later" }],
    [502, "<html>", undefined],
    [204, "", undefined],
    [500, JSON.stringify("x".repeat(5_000)), undefined],
  ])("of %i keeps its JSON if it has some", async (status, body, expected) => {
    server.answer = answerWith(status, body);
    expect(await answer()).toEqual({ status, body: expected });
  });

  test("is known although its body breaks or never ends", async () => {
    server.answer = (response) => {
      response.writeHead(503, { "content-length": "100" });
      response.write("{");
      setTimeout(() => response.destroy(), 20);
    };
    expect(await answer()).toEqual({ status: 503, body: undefined });
    server.answer = (response) => void response.writeHead(503).write("{");
    expect(await answer({ timeoutMs: 50 })).toEqual({ status: 503, body: undefined });
  });
});

test.each([301, 302, 303, 307, 308])("a redirect of %i is not followed", async (status) => {
  server.answer = answerWith(status, "", { location: `${server.url}/elsewhere` });
  expect(await call()).toEqual({ ok: false, failure: { kind: "redirect", status } });
  expect(server.requests.map(({ url }) => url)).toEqual(["/rerank"]);
});

test("a body without end is read no further than allowed, and its connection is closed", async () => {
  const megabyte = "x".repeat(1_000_000);
  let megabytes = 0;
  server.answer = (response) => {
    const write = (): void => {
      while (!response.destroyed && megabytes++ < 10_000 && response.write(megabyte));
    };
    response.on("drain", write);
    write();
  };
  const failure = { kind: "too_large", maxBytes: 1_000 };
  expect(await call()).toEqual({ ok: false, failure });
  await vi.waitUntil(() => server.open.size === 0);
  expect(megabytes).toBeLessThan(100);
});

describe("an upstream that hangs", () => {
  const unanswered = () => {};
  const halfAnswered = (response: { write(text: string): unknown }): void =>
    void response.write("[1,");

  test.each([
    ["before its answer", unanswered],
    ["in the middle of its answer", halfAnswered],
  ])("%s is a timeout, and its connection is closed", async (_, behaviour) => {
    server.answer = behaviour;
    const failure = { kind: "timeout", timeoutMs: 50 };
    expect(await call({ timeoutMs: 50 })).toEqual({ ok: false, failure });
    await vi.waitUntil(() => server.open.size === 0);
  });

  test.each([
    ["before its answer", unanswered],
    ["in the middle of its answer", halfAnswered],
  ])("%s can be ended from outside, and its connection is closed", async (_, behaviour) => {
    server.answer = behaviour;
    const outside = new AbortController();
    const result = call({}, outside.signal);
    await vi.waitUntil(() => server.requests.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    outside.abort();
    expect(await result).toEqual({ ok: false, failure: { kind: "aborted" } });
    await vi.waitUntil(() => server.open.size === 0);
  });
});

describe("an upstream that is not there", () => {
  test("is unreachable", async () => {
    const failure = { kind: "unreachable" };
    expect(await call({ url: "http://127.0.0.1:1/" })).toEqual({ ok: false, failure });
  });

  test.each([
    ["before its answer", ""],
    ["in the middle of its answer", "[1,"],
  ])("any more %s is unreachable", async (_, written) => {
    server.answer = (response) => {
      if (written) response.write(written);
      setTimeout(() => response.destroy(), 20);
    };
    expect(await call()).toEqual({ ok: false, failure: { kind: "unreachable" } });
  });
});

test("nothing is sent when the call is ended before it begins", async () => {
  const result = await call({}, AbortSignal.abort());
  expect(result).toEqual({ ok: false, failure: { kind: "aborted" } });
  expect(server.requests).toEqual([]);
});

test("300 calls, good and bad, leave neither timer nor listener", async () => {
  const setTimer = vi.spyOn(globalThis, "setTimeout");
  const clearTimer = vi.spyOn(globalThis, "clearTimeout");
  const timeoutMs = 54_321;
  const { signal } = new AbortController();
  const answers = [answerWith(200, [1]), answerWith(302, ""), answerWith(200, "x".repeat(2_000))];
  for (let round = 0; round < 300; round++) {
    server.answer = answers[round % 3]!;
    await call({ timeoutMs }, signal);
  }
  const ours = setTimer.mock.results.filter(
    (_, index) => setTimer.mock.calls[index]![1] === timeoutMs,
  );
  const cleared = new Set(clearTimer.mock.calls.map(([timer]) => timer));
  expect(ours.length).toBe(300);
  expect(ours.filter(({ value }) => !cleared.has(value))).toEqual([]);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  vi.restoreAllMocks();
});
