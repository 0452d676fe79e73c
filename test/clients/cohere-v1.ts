/** cohere-ai, `rerank()` of its first version. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Cohere, CohereClient } from "cohere-ai";
import { checkRanking, DOCUMENTS, QUERY, RIGHT_DOCUMENT, UNKNOWN_MODEL } from "./example.ts";
import { API_KEY, SERVICE_URL } from "./service.ts";

const client = new CohereClient({ environment: SERVICE_URL, token: API_KEY });
const request = { model: "rerank-v3.5", query: QUERY, documents: DOCUMENTS };

const ranked = ({ results }: Cohere.RerankResponse) =>
  results.map(({ index, relevanceScore }) => ({ index, score: relevanceScore }));

test("ranks, without documents unless asked", async () => {
  const response = await client.rerank(request);
  checkRanking(ranked(response));
  assert.ok(response.results.every((result) => !("document" in result)));
});

test("top_n and documents", async () => {
  const response = await client.rerank({ ...request, topN: 2, returnDocuments: true });
  checkRanking(ranked(response), 2);
  assert.deepEqual(response.results[0]?.document, { text: RIGHT_DOCUMENT });
});

test("objects are ranked by their fields and come back whole", async () => {
  const documents = DOCUMENTS.map((body, place) => ({ body, place: String(place) }));
  const response = await client.rerank({
    ...request,
    documents: documents as unknown as Cohere.RerankDocument[],
    rankFields: ["body"],
    returnDocuments: true,
  });
  checkRanking(ranked(response));
  assert.deepEqual(response.results[0]?.document, documents[response.results[0]!.index]);
});

test("id and meta", async () => {
  const { id, meta } = await client.rerank(request);
  assert.equal(typeof id, "string");
  assert.equal(meta?.apiVersion?.version, "1");
  assert.equal(meta?.billedUnits?.searchUnits, 1);
  assert.ok((meta?.tokens?.inputTokens ?? 0) > 0);
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
