/** `rerank()` of the AI SDK with its Cohere provider, which speaks Cohere's second version. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCohere } from "@ai-sdk/cohere";
import { APICallError, rerank } from "ai";
import { checkRanking, DOCUMENTS, QUERY, RIGHT_DOCUMENT, UNKNOWN_MODEL } from "./example.ts";
import { API_KEY, SERVICE_URL } from "./service.ts";

const cohere = createCohere({ baseURL: `${SERVICE_URL}/v2`, apiKey: API_KEY });
const model = cohere.reranking("rerank-v3.5");

const ranked = (ranking: readonly { originalIndex: number; score: number }[]) =>
  ranking.map(({ originalIndex, score }) => ({ index: originalIndex, score }));

test("ranks", async () => {
  const { ranking, rerankedDocuments } = await rerank({
    model,
    query: QUERY,
    documents: DOCUMENTS,
  });
  checkRanking(ranked(ranking));
  assert.equal(rerankedDocuments[0], RIGHT_DOCUMENT);
});

test("topN", async () => {
  const { ranking } = await rerank({ model, query: QUERY, documents: DOCUMENTS, topN: 2 });
  checkRanking(ranked(ranking), 2);
});

test("objects, which the provider sends as JSON: ranked as that text, given back as objects", async () => {
  const objects = DOCUMENTS.map((text) => ({ text }));
  const texts = objects.map((object) => JSON.stringify(object));
  const ofObjects = await rerank({ model, query: QUERY, documents: objects });
  const ofTexts = await rerank({ model, query: QUERY, documents: texts });
  assert.deepEqual(ranked(ofObjects.ranking), ranked(ofTexts.ranking));
  for (const { originalIndex, document } of ofObjects.ranking)
    assert.deepEqual(document, objects[originalIndex]);
});

test("response: id, headers and body", async () => {
  const { response } = await rerank({ model, query: QUERY, documents: DOCUMENTS });
  assert.equal(response.id, response.headers?.["x-request-id"]);
  const { usage } = response.body as { usage: { total_tokens: number } };
  assert.equal(String(usage.total_tokens), response.headers?.["x-rerank-tokens"]);
});

test("unknown model: APICallError, not retried", async () => {
  const unknown = cohere.reranking(UNKNOWN_MODEL.name);
  await assert.rejects(rerank({ model: unknown, query: QUERY, documents: DOCUMENTS }), (error) => {
    assert.ok(APICallError.isInstance(error));
    assert.equal(error.statusCode, 404);
    assert.equal(error.isRetryable, false);
    assert.match(error.message, UNKNOWN_MODEL.message);
    return true;
  });
});
