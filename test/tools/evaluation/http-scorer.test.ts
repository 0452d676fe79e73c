import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { httpScorer } from "../../../tools/evaluation/scorers/http-scorer.ts";

interface Seen {
  path: string;
  authorization: string | undefined;
  body: { query: string; documents?: string[]; texts?: string[]; model?: string; top_n?: number };
}

/** Scores a document by its length, best first, in Cohere's form at /v1 and /v2 and in TEI's at /rerank. */
const seen: Seen[] = [];
/** Answers to give before the scores. */
let refusals: { status: number; headers?: Record<string, string> }[] = [];
let answer: unknown;

const server = createServer((request, response) => {
  let text = "";
  request.on("data", (bytes) => (text += bytes));
  request.on("end", () => {
    if (request.url === "/info") {
      response.end(JSON.stringify({ max_client_batch_size: 2 }));
      return;
    }
    const body = JSON.parse(text) as Seen["body"];
    seen.push({ path: request.url!, authorization: request.headers.authorization, body });
    const refusal = refusals.shift();
    if (refusal) {
      response.writeHead(refusal.status, refusal.headers).end('{"message": "not now"}');
      return;
    }
    const key = body.texts ? "score" : "relevance_score";
    const rows = (body.texts ?? body.documents!)
      .map((document, index) => ({ index, [key]: document.length }))
      .reverse();
    response.end(JSON.stringify(answer ?? (body.texts ? rows : { results: rows })));
  });
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  seen.length = 0;
  refusals = [];
  answer = undefined;
});

const scorer = (changes: Partial<Parameters<typeof httpScorer>[0]> = {}) =>
  httpScorer({
    protocol: "jina",
    url,
    model: undefined,
    apiKey: undefined,
    concurrency: 2,
    ...changes,
  });

describe("a running service", () => {
  test("is asked at /v1/rerank, and its rows are put back in the documents' order", async () => {
    const { scores } = await (await scorer()).score("q", ["a", "bbb", "cc"]);
    expect(scores).toEqual([1, 3, 2]);
    expect(seen).toEqual([
      {
        path: "/v1/rerank",
        authorization: undefined,
        body: { query: "q", documents: ["a", "bbb", "cc"], top_n: 3 },
      },
    ]);
  });

  test("gets the key and the model's name", async () => {
    const own = await scorer({ protocol: "cohere", model: "rerank-v3.5", apiKey: "secret" });
    await own.score("q", ["a"]);
    expect(seen).toMatchObject([
      { path: "/v2/rerank", authorization: "Bearer secret", body: { model: "rerank-v3.5" } },
    ]);
    expect(JSON.stringify(own.identity)).not.toContain("secret");
  });

  test("is asked at the address as it is if that ends in a rerank path", async () => {
    await (await scorer({ url: `${url}/api/rerank` })).score("q", ["a"]);
    expect(seen[0]!.path).toBe("/api/rerank");
  });

  test("gets a list of over 1,000 documents in parts", async () => {
    const documents = Array.from({ length: 2_100 }, (_, index) => "x".repeat(index % 7));
    const { scores } = await (await scorer()).score("q", documents);
    expect(scores).toEqual(documents.map(({ length }) => length));
    expect(seen.map(({ body }) => body.documents!.length)).toEqual([1_000, 1_000, 100]);
  });

  test("that speaks TEI gets as many texts at once as it says it takes", async () => {
    const { scores } = await (await scorer({ protocol: "tei" })).score("q", ["a", "bbb", "cc"]);
    expect(scores).toEqual([1, 3, 2]);
    expect(seen.map(({ path, body }) => [path, body.texts])).toEqual([
      ["/rerank", ["a", "bbb"]],
      ["/rerank", ["cc"]],
    ]);
  });

  test.each([429, 503])("that answers %d is asked again after its Retry-After", async (status) => {
    refusals = [
      { status, headers: { "retry-after": "0" } },
      { status, headers: { "retry-after": new Date(0).toUTCString() } },
    ];
    expect((await (await scorer()).score("q", ["a"])).scores).toEqual([1]);
    expect(seen).toHaveLength(3);
  });

  test("that never has time is given up after six attempts", async () => {
    refusals = Array.from({ length: 9 }, () => ({ status: 429, headers: { "retry-after": "0" } }));
    await expect((await scorer()).score("q", ["a"])).rejects.toThrow(
      /answered 429: .*not now.* A smaller --concurrency/,
    );
    expect(seen).toHaveLength(6);
  });

  test("that refuses is not asked again", async () => {
    refusals = [{ status: 401 }];
    await expect((await scorer()).score("q", ["a"])).rejects.toThrow("RERANK_API_KEY");
    expect(seen).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ["leaves a document out", { results: [{ index: 0, relevance_score: 1 }] }],
    ["names one too many", { results: [0, 1, 2].map((index) => ({ index, relevance_score: 1 })) }],
    ["gives no number", { results: [0, 1].map((index) => ({ index, relevance_score: null })) }],
    ["speaks another protocol", { data: [] }],
  ])("whose answer %s is an error", async (_, own) => {
    answer = own;
    await expect((await scorer()).score("q", ["a", "b"])).rejects.toThrow(
      "did not answer with an index and a relevance_score for each of 2 documents",
    );
  });

  test("that is not there is an error that names it", async () => {
    const nowhere = await scorer({ url: "http://127.0.0.1:1" });
    await expect(nowhere.score("q", ["a"])).rejects.toThrow(
      "http://127.0.0.1:1/v1/rerank cannot be reached",
    );
  });

  test("of an unknown protocol lists those that exist", async () => {
    await expect(scorer({ protocol: "grpc" })).rejects.toThrow("Protocols: cohere, jina, tei.");
  });
});
