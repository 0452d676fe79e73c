/** cohere-ai, `rerank()` of its second version. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Cohere, CohereClientV2 } from "cohere-ai";
import { checkRanking, DOCUMENTS, QUERY, UNKNOWN_MODEL } from "./example.ts";
import { API_KEY, SERVICE_URL } from "./service.ts";

const client = new CohereClientV2({ environment: SERVICE_URL, token: API_KEY });
const request = { model: "rerank-v3.5", query: QUERY, documents: DOCUMENTS };

const ranked = ({ results }: Cohere.V2RerankResponse) =>
  results.map(({ index, relevanceScore }) => ({ index, score: relevanceScore }));

const inputTokens = ({ meta }: Cohere.V2RerankResponse) => meta?.tokens?.inputTokens ?? 0;

test("ranks", async () => {
  checkRanking(ranked(await client.rerank(request)));
});

test("top_n", async () => {
  checkRanking(ranked(await client.rerank({ ...request, topN: 2 })), 2);
});

test("max_tokens_per_doc: fewer tokens are read, and a warning says so", async () => {
  const whole = await client.rerank(request);
  const cut = await client.rerank({ ...request, maxTokensPerDoc: 5 });
  assert.ok(inputTokens(cut) < inputTokens(whole));
  assert.equal(whole.meta?.warnings, undefined);
  assert.equal(cut.meta?.warnings?.length, 1);
});

test("id and meta", async () => {
  const response = await client.rerank(request);
  const { id, meta } = response;
  assert.equal(typeof id, "string");
  assert.equal(meta?.apiVersion?.version, "2");
  assert.equal(meta?.billedUnits?.searchUnits, 1);
  assert.ok(inputTokens(response) > 0);
});

test("no documents: BadRequestError", async () => {
  await assert.rejects(client.rerank({ ...request, documents: [] }), (error) => {
    assert.ok(error instanceof Cohere.BadRequestError);
    assert.equal(error.statusCode, 400);
    assert.equal((error.body as { message: string }).message, "documents must not be empty.");
    return true;
  });
});

test("unknown model: NotFoundError", async () => {
  await assert.rejects(client.rerank({ ...request, model: UNKNOWN_MODEL.name }), (error) => {
    assert.ok(error instanceof Cohere.NotFoundError);
    assert.match((error.body as { message: string }).message, UNKNOWN_MODEL.message);
    return true;
  });
});
