import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  sigmoid,
  startFaultyUpstream,
  upstreamLogit,
  type Fault,
  type FaultyUpstream,
} from "./faulty-upstream.ts";

const QUERY = "capital of France";
const DOCUMENTS = ["Paris", "Berlin is large", "bread", "Lyon", "naïve café"];
const LOGITS = DOCUMENTS.map((document) => upstreamLogit(QUERY, document));
const BY_SCORE = DOCUMENTS.map((_, index) => index).sort((a, b) => LOGITS[b]! - LOGITS[a]!);
const TEI_BODY = { query: QUERY, texts: DOCUMENTS };
const TEI_ANSWER = BY_SCORE.map((index) => ({ index, score: sigmoid(LOGITS[index]!) }));
const AZURE_BODY = { input_data: DOCUMENTS.map((text_pair) => ({ text: QUERY, text_pair })) };
const AZURE_ANSWER = LOGITS.map((logit) => ({ label: "LABEL_0", score: sigmoid(logit) }));

let upstream: FaultyUpstream;
beforeAll(async () => {
  upstream = await startFaultyUpstream();
});
beforeEach(() => upstream.reset());
afterAll(() => upstream.close());

function post(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return fetch(`${upstream.url}${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", authorization: "Bearer key" },
    ...init,
  });
}

function rerank(fault?: Fault): Promise<Response> {
  if (fault) upstream.fault = fault;
  return post("/rerank", TEI_BODY);
}

async function results(fault: Fault): Promise<{ index: number; score: number | null }[]> {
  const response = await rerank(fault);
  expect(response.status).toBe(200);
  return (await response.json()) as { index: number; score: number | null }[];
}

/** A scoring call by hand, on a connection that reads nothing until told. */
function rawCall(): Socket {
  const body = JSON.stringify(TEI_BODY);
  const socket = connect(Number(new URL(upstream.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  const head = `POST /rerank HTTP/1.1\r\nhost: upstream\r\nconnection: close`;
  socket.write(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  return socket;
}

describe("without a fault", () => {
  test("TEI's form answers a bare array by falling score, equal scores by falling index", async () => {
    expect(await (await rerank()).json()).toEqual(TEI_ANSWER);
    const twins = await post("/rerank", {
      query: QUERY,
      texts: ["same", "same"],
      raw_scores: true,
    });
    const score = upstreamLogit(QUERY, "same");
    expect(await twins.json()).toEqual([
      { index: 1, score },
      { index: 0, score },
    ]);
  });

  test("TEI's form takes 32 texts a call and /info says so", async () => {
    const info = await (await fetch(`${upstream.url}/info`)).json();
    expect(info).toMatchObject({ max_client_batch_size: 32, model_type: { reranker: {} } });
    expect((await post("/rerank", { query: "q", texts: Array(32).fill("d") })).status).toBe(200);
    const refused = await post("/rerank", { query: "q", texts: Array(33).fill("d") });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toEqual({
      error: "batch size 33 > maximum allowed batch size 32",
      error_type: "Validation",
    });
  });

  test.each(["/rerank", "/v1/rerank", "/v2/rerank"])(
    "%s answers Cohere's form, cut to top_n, with documents and logits when asked",
    async (path) => {
      const documents = DOCUMENTS.map((text, index) => (index % 2 ? { text } : text));
      const plain = await post(path, { query: QUERY, documents });
      expect(await plain.json()).toMatchObject({
        results: TEI_ANSWER.map(({ index, score }) => ({ index, relevance_score: score })),
      });
      const asked = { query: QUERY, documents, top_n: 2, return_documents: true, raw_scores: true };
      expect(await (await post(path, asked)).json()).toMatchObject({
        results: BY_SCORE.slice(0, 2).map((index) => ({
          index,
          relevance_score: LOGITS[index],
          document: { text: DOCUMENTS[index] },
        })),
      });
    },
  );

  test("NIM's form answers logits", async () => {
    const passages = DOCUMENTS.map((text) => ({ text }));
    const response = await post("/v1/ranking", { query: { text: QUERY }, passages });
    expect(await response.json()).toMatchObject({
      rankings: BY_SCORE.map((index) => ({ index, logit: LOGITS[index] })),
    });
  });

  test("Azure ML's form answers rows in input order", async () => {
    expect(await (await post("/score", AZURE_BODY)).json()).toEqual(AZURE_ANSWER);
  });

  test("health is ok to GET and HEAD, and what is unknown or unreadable is refused", async () => {
    expect((await fetch(`${upstream.url}/health`)).status).toBe(200);
    const head = await fetch(`${upstream.url}/health`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await post("/nope", {})).status).toBe(404);
    expect((await fetch(`${upstream.url}/rerank`)).status).toBe(404);
    expect((await post("/rerank", { query: QUERY, texts: [] })).status).toBe(422);
    expect((await post("/score", undefined, { body: "{" })).status).toBe(400);
  });

  test("each call is told: path, headers, documents, times, bytes", async () => {
    await (await rerank()).text();
    await (await fetch(`${upstream.url}/info?x=1`)).text();
    await vi.waitFor(() => expect(upstream.calls[1]?.endedMs).toBeDefined());
    const [first, second] = upstream.calls;
    expect(first).toMatchObject({ method: "POST", path: "/rerank", documents: 5, aborted: false });
    expect(first!.headers.authorization).toBe("Bearer key");
    expect(first!.endedMs).toBeGreaterThanOrEqual(first!.startedMs);
    expect(first!.responseBytes).toBeGreaterThan(JSON.stringify(TEI_ANSWER).length);
    expect(second).toMatchObject({ method: "GET", path: "/info", documents: 0, fault: undefined });
    upstream.reset();
    expect([upstream.calls, upstream.maxConcurrent]).toEqual([[], 0]);
  });
});

describe("which calls a fault strikes", () => {
  const statuses = async (count: number): Promise<number[]> => {
    const seen = [];
    for (let call = 0; call < count; call++) seen.push((await rerank()).status);
    return seen;
  };

  test("500 for every third call", async () => {
    upstream.fault = { kind: "status", status: 500, every: 3 };
    expect(await statuses(7)).toEqual([200, 200, 500, 200, 200, 500, 200]);
    expect(upstream.calls.map((call) => call.fault).filter(Boolean)).toEqual(["status", "status"]);
  });

  test("fails once, then works; told again, fails again", async () => {
    upstream.fault = { kind: "status", status: 503, times: 1 };
    expect(await statuses(3)).toEqual([503, 200, 200]);
    upstream.fault = { kind: "status", status: 503, every: 2, times: 1 };
    expect(await statuses(5)).toEqual([200, 503, 200, 200, 200]);
  });

  test("scoring calls alone, or those of one path alone", async () => {
    upstream.fault = { kind: "status", status: 500 };
    expect((await fetch(`${upstream.url}/info`)).status).toBe(200);
    upstream.fault = { kind: "status", status: 500, path: "/info" };
    expect((await fetch(`${upstream.url}/info`)).status).toBe(500);
    expect((await rerank()).status).toBe(200);
  });
});

describe("faults of the connection", () => {
  test("delay: the right answer, late; calls overlap", async () => {
    upstream.fault = { kind: "delay", ms: 100 };
    const answers = await Promise.all([1, 2, 3].map(async () => (await rerank()).json()));
    expect(answers).toEqual([TEI_ANSWER, TEI_ANSWER, TEI_ANSWER]);
    expect(upstream.maxConcurrent).toBe(3);
    await vi.waitFor(() => expect(upstream.calls.every((call) => call.endedMs)).toBe(true));
    for (const { startedMs, endedMs } of upstream.calls) {
      // Node's timers may fire up to a millisecond early.
      expect(endedMs! - startedMs).toBeGreaterThanOrEqual(99);
    }
  });

  test.each<Fault>([{ kind: "hang" }, { kind: "delay", ms: 1e6 }, { kind: "slow_drip", ms: 1e6 }])(
    "$kind: no answer, until the client leaves, which the upstream sees",
    async (fault) => {
      upstream.fault = fault;
      const signal = AbortSignal.timeout(100);
      const call = post("/rerank", TEI_BODY, { signal }).then((response) => response.text());
      await expect(call).rejects.toMatchObject({ name: "TimeoutError" });
      await vi.waitFor(() => expect(upstream.calls[0]).toMatchObject({ aborted: true }));
      expect(upstream.calls[0]!.endedMs).toBeDefined();
    },
  );

  test("refuse: the connection is reset with nothing said, on a used connection too", async () => {
    await (await rerank()).text();
    for (let call = 0; call < 2; call++) {
      await expect(rerank({ kind: "refuse" })).rejects.toThrow("fetch failed");
    }
    expect(await text(rawCall()).catch((error: { code: string }) => error.code)).toBe("ECONNRESET");
    expect(upstream.calls.at(-1)).toMatchObject({ aborted: false, responseBytes: 0, documents: 0 });
  });

  test("cut: half of the promised bytes, then the end of the connection", async () => {
    upstream.fault = { kind: "cut" };
    const whole = JSON.stringify(TEI_ANSWER);
    const [head, body] = (await text(rawCall())).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1.1 200 /);
    expect(head!.toLowerCase()).toContain(`content-length: ${whole.length}`);
    expect(body).toBe(whole.slice(0, whole.length >> 1));
    await expect((await rerank()).text()).rejects.toThrow();
    await vi.waitFor(() => expect(upstream.calls[1]?.endedMs).toBeDefined());
    expect(upstream.calls[1]!.aborted).toBe(false);
  });

  test("slow_drip: the right answer, byte by byte", async () => {
    const { body } = await rerank({ kind: "slow_drip", ms: 1 });
    const chunks = await Array.fromAsync(body!);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual(TEI_ANSWER);
    expect(chunks.length).toBeGreaterThan(20);
  });

  test("a closed upstream refuses connections, and one of the same port is back", async () => {
    const mortal = await startFaultyUpstream();
    const health = (): Promise<number> =>
      fetch(`${mortal.url}/health`).then(({ status }) => status);
    expect(await health()).toBe(200);
    await mortal.close();
    await expect(health()).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    const reborn = await startFaultyUpstream({ port: Number(new URL(mortal.url).port) });
    expect(await health()).toBe(200);
    await reborn.close();
    await reborn.close();
  });

  test("close and reset end calls that hang", async () => {
    const mortal = await startFaultyUpstream();
    for (const end of [mortal.reset, mortal.close]) {
      mortal.fault = { kind: "hang" };
      const body = JSON.stringify(TEI_BODY);
      const call = fetch(`${mortal.url}/rerank`, { method: "POST", body });
      call.catch(() => undefined);
      await vi.waitFor(() => expect(mortal.calls[0]?.documents).toBe(5));
      await end();
      await expect(call).rejects.toThrow("fetch failed");
    }
  });
});

describe("faults of the answer", () => {
  test("half_body: complete HTTP, half of the JSON", async () => {
    const body = await (await rerank({ kind: "half_body" })).text();
    const whole = JSON.stringify(TEI_ANSWER);
    expect(body).toBe(whole.slice(0, whole.length >> 1));
  });

  test("wrong_count: one fewer or one more", async () => {
    expect(await results({ kind: "wrong_count" })).toEqual(TEI_ANSWER.slice(0, -1));
    const more = await results({ kind: "wrong_count", by: 1 });
    expect(more).toEqual([...TEI_ANSWER, { index: 5, score: TEI_ANSWER[4]!.score }]);
    const rows = (await (await post("/score", AZURE_BODY)).json()) as unknown[];
    expect(rows).toHaveLength(DOCUMENTS.length + 1);
  });

  test("nan: the literal, which is no JSON, or null", async () => {
    expect(await (await rerank({ kind: "nan" })).text()).toMatch(/"score":NaN}\]$/);
    expect((await results({ kind: "nan", as: "null" })).at(-1)!.score).toBeNull();
  });

  test.each([
    [undefined, 1.5],
    ["-0.5", -0.5],
    ["1e999", Infinity],
    ["-1e999", -Infinity],
  ] as const)("score_out_of_range: %s is read as %s", async (score, read) => {
    const got = await results({ kind: "score_out_of_range", score });
    expect(got.map((result) => result.score)).toEqual([
      ...TEI_ANSWER.slice(0, -1).map((result) => result.score),
      read,
    ]);
  });

  test("duplicate_index and index_out_of_range: the last result has another's index or nobody's", async () => {
    const indices = async (fault: Fault): Promise<number[]> =>
      (await results(fault)).map(({ index }) => index);
    const others = BY_SCORE.slice(0, -1);
    expect(await indices({ kind: "duplicate_index" })).toEqual([...others, BY_SCORE[0]]);
    expect(await indices({ kind: "index_out_of_range" })).toEqual([...others, 5]);
    expect(await indices({ kind: "index_out_of_range", index: -1 })).toEqual([...others, -1]);
    upstream.fault = { kind: "duplicate_index" };
    const single = await post("/rerank", { query: QUERY, texts: ["one"] });
    expect(await single.json()).toMatchObject([{ index: 0 }, { index: 0 }]);
    expect(await (await post("/score", AZURE_BODY)).json()).toEqual(AZURE_ANSWER);
  });

  test("json_string: Azure ML's answer inside a string", async () => {
    upstream.fault = { kind: "json_string" };
    const body = await (await post("/score", AZURE_BODY)).json();
    expect(JSON.parse(body as string)).toEqual(AZURE_ANSWER);
  });

  test("status: the protocol's error body, with and without a delay to keep", async () => {
    const busy = await rerank({ kind: "status", status: 429 });
    expect(busy.status).toBe(429);
    expect([busy.headers.get("retry-after"), busy.headers.get("retry-after-ms")]).toEqual([
      null,
      null,
    ]);
    expect(await busy.json()).toMatchObject({ error_type: "Overloaded" });
    const date = "Wed, 21 Oct 2026 07:28:00 GMT";
    upstream.fault = { kind: "status", status: 429, retryAfter: date, retryAfterMs: 1500 };
    const waits = await post("/score", AZURE_BODY);
    expect(waits.headers.get("retry-after")).toBe(date);
    expect(waits.headers.get("retry-after-ms")).toBe("1500");
    expect(await waits.json()).toEqual({ message: "Told to answer 429." });
    for (const status of [401, 500, 503]) {
      expect((await rerank({ kind: "status", status })).status).toBe(status);
    }
  });

  test("azure_424: the model's status in the headers", async () => {
    const { status, headers } = await rerank({ kind: "azure_424", status: 429, reason: "busy" });
    expect(status).toBe(424);
    expect(headers.get("ms-azureml-model-error-statuscode")).toBe("429");
    expect(headers.get("ms-azureml-model-error-reason")).toBe("busy");
  });

  test("redirect: to another upstream, which gets the POST again or a GET", async () => {
    const other = await startFaultyUpstream();
    const to = `${other.url}/rerank`;
    expect(await results({ kind: "redirect", to })).toEqual(TEI_ANSWER);
    await rerank({ kind: "redirect", to, status: 302 });
    expect(other.calls.map((call) => call.method)).toEqual(["POST", "GET"]);
    const unfollowed = await post("/rerank", TEI_BODY, { redirect: "manual" });
    expect([unfollowed.status, unfollowed.headers.get("location")]).toEqual([302, to]);
    await other.close();
  });

  test("html: a page with the status of success, or another", async () => {
    const page = await rerank({ kind: "html" });
    expect([page.status, page.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(await page.text()).toMatch(/^<!doctype html>/);
    expect((await rerank({ kind: "html", status: 502 })).status).toBe(502);
  });
});

describe("huge_body", () => {
  test("has exactly the bytes asked for, 10 GB by default, and says so if told to", async () => {
    const small = await rerank({ kind: "huge_body", bytes: 200_000 });
    expect(small.headers.get("content-length")).toBeNull();
    expect((await small.arrayBuffer()).byteLength).toBe(200_000);
    const huge = await rerank({ kind: "huge_body", declared: true });
    expect(huge.headers.get("content-length")).toBe("10000000000");
    await huge.body!.cancel();
    await vi.waitFor(() => expect(upstream.calls[1]).toMatchObject({ aborted: true }));
  });

  test("waits for a client that does not read", async () => {
    upstream.fault = { kind: "huge_body" };
    const socket = rawCall();
    await vi.waitFor(() => expect(upstream.calls[0]?.responseBytes).toBeGreaterThan(0));
    let before = -1;
    // What the sockets' buffers hold is all that is ever sent: some megabytes, then it stands still.
    await vi.waitFor(
      () => {
        const sent = upstream.calls[0]!.responseBytes;
        const stands = sent === before;
        before = sent;
        expect(stands).toBe(true);
      },
      { interval: 100, timeout: 5000 },
    );
    expect(before).toBeLessThan(32e6);
    socket.destroy();
    await vi.waitFor(() => expect(upstream.calls[0]).toMatchObject({ aborted: true }));
  });

  test("takes no memory for what is read, and stops when the client does", async () => {
    upstream.fault = { kind: "huge_body" };
    const residentBefore = process.memoryUsage.rss();
    const socket = rawCall();
    let received = 0;
    socket.on("data", (chunk) => {
      received += chunk.length;
      if (received > 300e6) socket.destroy();
    });
    await once(socket, "close");
    expect(process.memoryUsage.rss() - residentBefore).toBeLessThan(100e6);
    await vi.waitFor(() => expect(upstream.calls[0]).toMatchObject({ aborted: true }));
    expect(upstream.calls[0]!.responseBytes).toBeLessThan(350e6);
  });
});
