/** `rerank()` of the AI SDK with the provider of our SDK. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  JSONObject,
  ProviderV3,
  ProviderV4,
  RerankingModelV3,
  RerankingModelV4,
} from "@ai-sdk/provider";
import { APICallError, cosineSimilarity, createProviderRegistry, embedMany, rerank } from "ai";
import { createRerank } from "../../../sdk/ai-sdk.ts";
import { RerankClient, isRerankError } from "../../../sdk/index.ts";
import {
  checkRanking,
  DOCUMENTS,
  QUERY,
  RIGHT,
  RIGHT_DOCUMENT,
  UNKNOWN_MODEL,
} from "../example.ts";
import { SERVICE_URL } from "../service.ts";
import { NOWHERE, OVERLOADED, UNAUTHORIZED, withServer } from "./one-answer-server.ts";
import { wordCounts } from "./word-counts.ts";

const provider = createRerank({ baseURL: SERVICE_URL });
const model = provider.reranking();
const request = { model, query: QUERY, documents: DOCUMENTS };
const LONG = `${RIGHT_DOCUMENT} ${"Maple leaves fall. ".repeat(400)}`;

const ranked = (ranking: readonly { originalIndex: number; score: number }[]) =>
  ranking.map(({ originalIndex, score }) => ({ index: originalIndex, score }));

test("the models and providers are those of the contract, versions 4 and 3", () => {
  const v4: RerankingModelV4 = provider.rerankingModel("default");
  const v3: RerankingModelV3 = createRerank({
    baseURL: SERVICE_URL,
    specificationVersion: "v3",
  }).reranking();
  assert.deepEqual([v4.specificationVersion, v4.provider, v4.modelId], ["v4", "rerank", "default"]);
  assert.equal(v3.specificationVersion, "v3");
  const providers: [ProviderV4, ProviderV3] = [
    provider,
    createRerank({ baseURL: SERVICE_URL, specificationVersion: "v3" }),
  ];
  for (const { languageModel } of providers)
    assert.throws(() => languageModel("any"), { code: "no_such_model" });
});

test("ranks texts, with a model of each version, and out of a registry", async () => {
  const v3 = createRerank({ baseURL: SERVICE_URL, specificationVersion: "v3" }).reranking();
  const registry = createProviderRegistry({ rerank: provider });
  for (const each of [model, v3, registry.rerankingModel("rerank:default")]) {
    const { ranking, rerankedDocuments } = await rerank({ ...request, model: each });
    checkRanking(ranked(ranking));
    assert.equal(rerankedDocuments[0], RIGHT_DOCUMENT);
  }
});

test("topN, also more than there are documents", async () => {
  checkRanking(ranked((await rerank({ ...request, topN: 2 })).ranking), 2);
  checkRanking(ranked((await rerank({ ...request, topN: 50 })).ranking));
});

test("no documents: nothing, and no request", async () => {
  const nowhere = createRerank({ baseURL: NOWHERE }).reranking();
  assert.deepEqual((await rerank({ ...request, model: nowhere, documents: [] })).ranking, []);
  const { ranking } = await nowhere.doRerank({
    documents: { type: "text", values: [] },
    query: QUERY,
  });
  assert.deepEqual(ranking, []);
});

test("objects score as their texts do and come back as they are", async () => {
  const texts = ranked((await rerank(request)).ranking);
  const articles = DOCUMENTS.map((body, id) => ({ id, body }));
  const ofBodies = createRerank({ baseURL: SERVICE_URL, text: ({ body }) => String(body) });
  const cases = [
    { model, documents: DOCUMENTS.map((text) => ({ text, source: "tree.md" })) },
    { model: ofBodies.reranking(), documents: articles },
    // Without a field text: all strings, here one.
    { model, documents: articles },
  ];
  for (const each of cases) {
    const { ranking } = await rerank<JSONObject>({ query: QUERY, ...each });
    assert.deepEqual(ranked(ranking), texts);
    for (const { originalIndex, document } of ranking)
      assert.equal(document, each.documents[originalIndex]);
  }
});

test("warnings: objects whose text had to be guessed, options that there are not", async () => {
  const warningsOf = async (values: Record<string, string>[], options = {}) => {
    const documents = { type: "object", values } as const;
    const providerOptions = { rerank: options };
    const { warnings } = await model.doRerank({ documents, query: QUERY, providerOptions });
    return warnings.map(({ type, feature }) => `${type}: ${feature}`);
  };
  assert.deepEqual(await warningsOf([{ text: "Mars" }]), []);
  assert.deepEqual(await warningsOf([{ body: "Mars" }]), ["compatibility: object documents"]);
  assert.deepEqual(await warningsOf([{ text: "Mars" }], { topK: 3 }), [
    "unsupported: providerOptions.rerank.topK",
  ]);
});

test("providerOptions: minScore, rawScores, longDocuments and the others reach the service", async () => {
  const [best] = (await rerank(request)).ranking;
  const only = await rerank({
    ...request,
    providerOptions: { rerank: { minScore: best!.score, route: "edge", cacheScope: "a" } },
  });
  assert.deepEqual(ranked(only.ranking), [{ index: RIGHT, score: best!.score }]);
  const raw = await rerank({ ...request, providerOptions: { rerank: { rawScores: true } } });
  const sigmoid = 1 / (1 + Math.exp(-raw.ranking[0]!.score));
  assert.ok(Math.abs(sigmoid - best!.score) < 1e-6);
  const body = async (options: Record<string, string | number>) => {
    const { response } = await rerank({
      ...request,
      documents: [LONG],
      providerOptions: { rerank: options },
    });
    return response.body as { results: { tokens: number; window?: object }[] };
  };
  assert.ok((await body({ longDocuments: "max_window" })).results[0]?.window);
  assert.ok((await body({ maxTokensPerDocument: 20 })).results[0]!.tokens < 40);
});

test("a wrong value in providerOptions is refused without a request", async () => {
  const wrong = { minScore: 2, rawScores: 1, longDocuments: "all", route: "moon", cacheScope: 1 };
  for (const [name, value] of Object.entries({ ...wrong, maxTokensPerDocument: 0.5 }))
    await assert.rejects(
      rerank({ ...request, providerOptions: { rerank: { [name]: value } } }),
      (error) => {
        assert.ok(isRerankError(error, "invalid_request"));
        assert.equal(error.param, `providerOptions.rerank.${name}`);
        assert.equal(error.requestId, undefined);
        return true;
      },
    );
});

test("usage and truncation in providerMetadata; id, model, headers and body in response", async () => {
  const { providerMetadata, response } = await rerank({ ...request, documents: ["Mars", LONG] });
  const { usage, truncated, servedBy } = providerMetadata!["rerank"] as {
    usage: { totalTokens: number };
    truncated: number[];
    servedBy: string;
  };
  assert.deepEqual(truncated, [1]);
  assert.equal(servedBy, "edge");
  assert.equal(String(usage.totalTokens), response.headers?.["x-rerank-tokens"]);
  assert.ok(response.id);
  assert.equal(response.id, response.headers?.["x-request-id"]);
  assert.ok(Math.abs(Date.now() - response.timestamp.getTime()) < 60_000);
  const { models } = await new RerankClient({ baseURL: SERVICE_URL }).info();
  assert.equal(response.modelId, models[0]);
});

test("a client that is already there ranks, and a call's headers are sent", async () => {
  const sent: Headers[] = [];
  const client = new RerankClient({
    baseURL: SERVICE_URL,
    onRequest: ({ headers }) => void sent.push(headers),
  });
  const { ranking } = await rerank({
    ...request,
    model: createRerank({ client }).reranking(),
    headers: { "x-tenant": "blue" },
  });
  checkRanking(ranked(ranking));
  assert.equal(sent[0]?.get("x-tenant"), "blue");
});

test("unknown model: an APICallError and an error of ours in one, not retried", async () => {
  const unknown = provider.reranking(UNKNOWN_MODEL.name);
  await assert.rejects(rerank({ ...request, model: unknown }), (error) => {
    assert.ok(APICallError.isInstance(error));
    assert.equal(error.statusCode, 404);
    assert.equal(error.isRetryable, false);
    assert.match(error.message, /The model "no-such-model" is not served here/);
    assert.equal(error.url, SERVICE_URL);
    assert.ok(isRerankError(error, "invalid_request"));
    assert.ok(isRerankError(error.cause, "invalid_request"));
    assert.equal(error.requestId, error.responseHeaders?.["x-request-id"]);
    return true;
  });
});

test("401: one request, and an error that says so", async () => {
  const requests = await withServer(UNAUTHORIZED, async (baseURL) => {
    const refused = createRerank({ baseURL, apiKey: "wrong" }).reranking();
    await assert.rejects(rerank({ ...request, model: refused }), (error) => {
      assert.ok(APICallError.isInstance(error) && isRerankError(error, "authentication"));
      assert.doesNotMatch(JSON.stringify({ ...error, headers: null }), /wrong|leaves/);
      return error.statusCode === 401;
    });
  });
  assert.equal(requests, 1);
});

test("an overloaded service and a service that is down: as many tries as the AI SDK asks for", async () => {
  const requests = await withServer(OVERLOADED, async (baseURL) => {
    const overloaded = createRerank({ baseURL }).reranking();
    await assert.rejects(rerank({ ...request, model: overloaded, maxRetries: 2 }), (error) => {
      const { lastError } = error as { lastError: unknown };
      return APICallError.isInstance(lastError) && lastError.isRetryable;
    });
  });
  assert.equal(requests, 3);
  const down = createRerank({ baseURL: NOWHERE }).reranking();
  await assert.rejects(rerank({ ...request, model: down, maxRetries: 0 }), (error) => {
    assert.ok(APICallError.isInstance(error) && isRerankError(error, "connection"));
    return error.isRetryable && error.statusCode === undefined;
  });
});

test("a timeout is an error that may be retried, not taken for the caller's end", async () => {
  await withServer("none", async (baseURL) => {
    const slow = createRerank({ baseURL, timeout: 30 }).reranking();
    await assert.rejects(rerank({ ...request, model: slow, maxRetries: 0 }), (error) => {
      assert.ok(APICallError.isInstance(error) && isRerankError(error, "timeout"));
      return error.isRetryable && error.name === "AI_APICallError";
    });
  });
});

test("abort: the signal's own reason, one request", async () => {
  const requests = await withServer("none", async (baseURL, nextRequest) => {
    const ending = new AbortController();
    const call = rerank({
      ...request,
      model: createRerank({ baseURL }).reranking(),
      abortSignal: ending.signal,
    });
    void nextRequest().then(() => ending.abort());
    await assert.rejects(call, { name: "AbortError" });
  });
  assert.equal(requests, 1);
});

test("retrieval: embed, take the nearest, rank them", async () => {
  const { embeddings } = await embedMany({ model: wordCounts, values: [QUERY, ...DOCUMENTS] });
  const [query, ...documents] = embeddings;
  const nearest = DOCUMENTS.map((text, index) => ({
    text,
    similarity: cosineSimilarity(query!, documents[index]!),
  }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, 4);
  const { rerankedDocuments } = await rerank({ model, query: QUERY, documents: nearest, topN: 1 });
  assert.equal(rerankedDocuments[0]?.text, RIGHT_DOCUMENT);
});
