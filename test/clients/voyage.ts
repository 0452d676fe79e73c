/** voyageai. Its base address has the version in it, as its own has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { VoyageAIClient, VoyageAIError } from "voyageai";
import { checkRanking, DOCUMENTS, QUERY, RIGHT_DOCUMENT, UNKNOWN_MODEL } from "./example.ts";
import { API_KEY, SERVICE_URL } from "./service.ts";

const client = new VoyageAIClient({ baseUrl: `${SERVICE_URL}/voyage/v1`, apiKey: API_KEY });
const request = { model: "rerank-2.5", query: QUERY, documents: DOCUMENTS };

const ranked = ({ data = [] }: Awaited<ReturnType<typeof client.rerank>>) =>
  data.map(({ index, relevanceScore }) => ({ index: index!, score: relevanceScore! }));

test("ranks, without documents unless asked", async () => {
  const response = await client.rerank(request);
  checkRanking(ranked(response));
  assert.ok(response.data?.every((result) => !("document" in result)));
});

test("top_k, and documents as strings", async () => {
  const response = await client.rerank({ ...request, topK: 2, returnDocuments: true });
  checkRanking(ranked(response), 2);
  assert.equal(response.data?.[0]?.document, RIGHT_DOCUMENT);
});

test("object and usage", async () => {
  const { object, usage } = await client.rerank(request);
  assert.equal(object, "list");
  assert.ok((usage?.totalTokens ?? 0) > 0);
});

test("truncation: false refuses what does not fit", async () => {
  const documents = ["leaf ".repeat(1_000)];
  await client.rerank({ ...request, documents });
  await assert.rejects(client.rerank({ ...request, documents, truncation: false }), VoyageAIError);
});

test("no documents, unknown model: VoyageAIError", async () => {
  await assert.rejects(client.rerank({ ...request, documents: [] }), (error) => {
    assert.ok(error instanceof VoyageAIError);
    assert.equal(error.statusCode, 400);
    assert.equal((error.body as { detail: string }).detail, "documents must not be empty.");
    return true;
  });
  await assert.rejects(client.rerank({ ...request, model: UNKNOWN_MODEL.name }), (error) => {
    assert.ok(error instanceof VoyageAIError);
    assert.equal(error.statusCode, 404);
    assert.match((error.body as { detail: string }).detail, UNKNOWN_MODEL.message);
    return true;
  });
});
