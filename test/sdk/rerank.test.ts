import { expect, test } from "vitest";
import { failure, ranking, reply, stubService, unreachable } from "./stub-service.ts";

const DOCUMENTS = ["low 0.1", "high 0.9", "middle 0.5"];

test("documents come back by descending score, with what the answer says of itself", async () => {
  const { client, sent } = stubService(ranking);
  expect(await client.rerank({ query: "q", documents: DOCUMENTS })).toEqual({
    reranked: true,
    results: [
      { document: "high 0.9", index: 1, score: 0.9 },
      { document: "middle 0.5", index: 2, score: 0.5 },
      { document: "low 0.1", index: 0, score: 0.1 },
    ],
    model: "m",
    usage: { totalTokens: 3 },
    servedBy: "edge",
    routeReason: "small",
    requestId: "id-1",
  });
  expect(sent).toMatchObject([
    {
      method: "POST",
      url: "https://rerank.test/v2/rerank",
      body: { query: "q", documents: DOCUMENTS },
    },
  ]);
  expect(sent[0]!.headers.get("content-type")).toBe("application/json");
});

test("every option has its name on the wire, and only those that are given are sent", async () => {
  const { client, sent } = stubService(ranking);
  await client.rerank({
    query: "q",
    documents: DOCUMENTS,
    topN: 2,
    minScore: 0.2,
    rawScores: true,
    details: true,
    longDocuments: "max_window",
    maxTokensPerDocument: 100,
    model: "m",
    route: "backend",
    cacheScope: "tenant",
  });
  await client.rerank({ query: "q", documents: DOCUMENTS });
  expect(sent[0]!.body).toEqual({
    query: "q",
    documents: DOCUMENTS,
    top_n: 2,
    min_score: 0.2,
    raw_scores: true,
    details: true,
    long_documents: "max_window",
    max_tokens_per_doc: 100,
    model: "m",
    cache_scope: "tenant",
  });
  expect(sent[0]!.headers.get("x-rerank-route")).toBe("backend");
  expect(Object.keys(sent[1]!.body)).toEqual(["documents", "query"]);
  expect(sent[1]!.headers.has("x-rerank-route")).toBe(false);
});

test("an object comes back as the same object, ranked by its text or by what the selector says", async () => {
  const { client, sent } = stubService(ranking);
  const withText = [{ text: "0.2", id: 1 }, { text: "0.4" }];
  const own = await client.rerank({ query: "q", documents: withText });
  expect(own.results[0]!.document).toBe(withText[1]);
  const hits = [
    { title: "t", body: "0.3" },
    { title: "u", body: "0.6" },
  ];
  const text = ({ title, body }: (typeof hits)[number], index: number) => [title, `${index}`, body];
  const selected = await client.rerank({ query: "q", documents: hits, text });
  expect(selected.results.map(({ document }) => document)).toContain(hits[0]);
  expect(sent.map(({ body }) => body.documents)).toEqual([
    ["0.2", "0.4"],
    ["t\n0\n0.3", "u\n1\n0.6"],
  ]);
});

test.each([[{}], [null], [7], [{ text: 7 }], [{ text: ["a", 7] }]])(
  "a document %j has no text, which is said before anything is sent",
  async (document) => {
    const { client, sent } = stubService(ranking);
    const error = await failure(
      client.rerank({ query: "q", documents: ["a", document as { text: string }] }),
    );
    expect(error).toMatchObject({
      kind: "invalid_request",
      code: "no_text",
      param: "documents[1]",
    });
    expect(error.message).toContain("the option text");
    expect(sent).toEqual([]);
  },
);

test("no documents are answered without a call", async () => {
  const { client, sent } = stubService(unreachable);
  const { data, response, requestId } = await client
    .rerank({ query: "q", documents: [] })
    .withResponse();
  expect(data).toMatchObject({ reranked: true, results: [], usage: { totalTokens: 0 } });
  expect([response.status, requestId, sent]).toEqual([204, undefined, []]);
});

test("the raw answer is there, for one call and not for two", async () => {
  const { client, sent } = stubService(ranking);
  const call = client.rerank({ query: "q", documents: DOCUMENTS });
  const { data, response, requestId } = await call.withResponse();
  expect(await call).toBe(data);
  expect(response.headers.get("x-rerank-served-by")).toBe("edge");
  expect([requestId, sent.length]).toEqual(["id-1", 1]);
});

test.each([
  [null],
  [[]],
  [{ results: {} }],
  [{ results: [{ index: 3, relevance_score: 0.1 }] }],
  [{ results: [{ index: "length", relevance_score: 0.1 }] }],
  [{ results: [{ index: 0 }] }],
])("an answer %j is no ranking, which is not tried again", async (answer) => {
  const { client, sent } = stubService(reply(200, answer, { "x-request-id": "r" }));
  const error = await failure(client.rerank({ query: "q", documents: DOCUMENTS }));
  expect(error).toMatchObject({ kind: "server", code: "invalid_response", requestId: "r" });
  expect(error.message).toContain("baseURL");
  expect(sent).toHaveLength(1);
});

test("details and windows are handed on, and absent ones stay absent", async () => {
  const results = [
    {
      index: 0,
      relevance_score: 0.5,
      tokens: 9,
      truncated: false,
      window: { start: 1, end: 5 },
      id: "x",
    },
  ];
  const { client } = stubService(reply(200, { results }));
  const answer = await client.rerank({ query: "q", documents: DOCUMENTS });
  expect(answer.results).toStrictEqual([
    {
      document: "low 0.1",
      index: 0,
      score: 0.5,
      tokens: 9,
      truncated: false,
      window: { start: 1, end: 5 },
    },
  ]);
});

test("a service that says neither model nor usage is understood, too", async () => {
  const { client } = stubService(reply(200, { results: [] }));
  expect(await client.rerank({ query: "q", documents: DOCUMENTS })).toMatchObject({
    model: "",
    usage: { totalTokens: 0 },
    servedBy: undefined,
    requestId: undefined,
  });
});

test("with failOpen a failure gives the documents in their order, and its error", async () => {
  const { client } = stubService(reply(503, { message: "busy" }, { "x-request-id": "r" }), {
    maxRetries: 0,
  });
  const params = { query: "q", documents: DOCUMENTS, topN: 2, failOpen: true };
  const { data, response, requestId } = await client.rerank(params).withResponse();
  expect(data).toMatchObject({
    reranked: false,
    results: [
      { document: "low 0.1", index: 0 },
      { document: "high 0.9", index: 1 },
    ],
    error: { kind: "overloaded", status: 503 },
    requestId: "r",
  });
  expect(data.results[0]).not.toHaveProperty("score");
  expect([data.results.length, response.status, requestId]).toEqual([2, 503, "r"]);
});

test.each([
  ["no connection", unreachable],
  ["an answer that is none", reply(200, "<html>")],
  ["500 that must not be tried again", reply(500, {}, { "x-should-retry": "false" })],
  ["409", reply(409)],
])("failOpen is open for %s", async (_, answer) => {
  const { client } = stubService(answer, { maxRetries: 0 });
  const params = { query: "q", documents: DOCUMENTS, failOpen: true };
  expect(await client.rerank(params)).toMatchObject({ reranked: false });
});

test.each([400, 401, 403, 413, 422])("failOpen is not open for %i", async (status) => {
  const { client } = stubService(reply(status), { maxRetries: 0 });
  const params = { query: "q", documents: DOCUMENTS, failOpen: true };
  expect(await failure(client.rerank(params))).toMatchObject({ status });
});

test("failOpen is not open for an aborted call, nor for an error of the caller's own", async () => {
  const { client } = stubService(ranking);
  const params = { query: "q", documents: DOCUMENTS, failOpen: true };
  const signal = AbortSignal.abort();
  expect(await failure(client.rerank(params, { signal }))).toMatchObject({ kind: "aborted" });
  const own = new RangeError("own");
  const text = () => {
    throw own;
  };
  expect(await failure(client.rerank({ ...params, text }))).toBe(own);
});

test("several queries are ranked in one call, a ranking each", async () => {
  const { client, sent } = stubService(ranking);
  const queries = ["q1", "q2"];
  const answer = await client.rerank({ queries, documents: DOCUMENTS, topN: 1 });
  expect(answer).toMatchObject({
    reranked: true,
    rankings: [{ results: [{ document: "high 0.9" }] }, { results: [{ document: "high 0.9" }] }],
    usage: { totalTokens: 6 },
    servedBy: "edge",
    requestId: "id-1",
  });
  expect(sent.map(({ body }) => body)).toEqual([{ queries, documents: DOCUMENTS, top_n: 1 }]);
});

test("no queries, or no documents for them, are answered without a call", async () => {
  const { client, sent } = stubService(ranking);
  expect((await client.rerank({ queries: [], documents: DOCUMENTS })).rankings).toEqual([]);
  const answer = await client.rerank({ queries: ["q1", "q2"], documents: [] });
  expect(answer.rankings).toMatchObject([{ results: [] }, { results: [] }]);
  expect(sent).toEqual([]);
});

test.each([[{}], [{ data: [] }], [{ data: [{ results: [] }] }], [{ results: [] }]])(
  "an answer %j to two queries is none",
  async (body) => {
    const { client } = stubService(reply(200, body));
    const call = client.rerank({ queries: ["q1", "q2"], documents: DOCUMENTS });
    expect(await failure(call)).toMatchObject({ kind: "server", code: "invalid_response" });
  },
);

test("several queries fail open, too", async () => {
  const { client } = stubService(unreachable, { maxRetries: 0 });
  const params = { queries: ["q1", "q2"], documents: DOCUMENTS, failOpen: true };
  const answer = await client.rerank(params);
  expect(answer).toMatchObject({ reranked: false, error: { kind: "connection" } });
  expect(answer.rankings.map(({ results }) => results.length)).toEqual([3, 3]);
});
