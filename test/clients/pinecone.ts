/** @pinecone-database/pinecone, `inference.rerank()`: its base address is the controller's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Errors, Pinecone } from "@pinecone-database/pinecone";
import { checkRanking, DOCUMENTS, QUERY, RIGHT_DOCUMENT, UNKNOWN_MODEL } from "./example.ts";
import { API_KEY, SERVICE_URL } from "./service.ts";

const { inference } = new Pinecone({
  apiKey: API_KEY,
  controllerHostUrl: `${SERVICE_URL}/pinecone`,
});
const request = { model: "bge-reranker-v2-m3", query: QUERY, documents: DOCUMENTS };

test("ranks, with documents unless told otherwise", async () => {
  const { data } = await inference.rerank(request);
  checkRanking(data);
  assert.deepEqual(data[0]?.document, { text: RIGHT_DOCUMENT });
});

test("topN, and no documents", async () => {
  const { data } = await inference.rerank({ ...request, topN: 2, returnDocuments: false });
  checkRanking(data, 2);
  assert.ok(data.every(({ document }) => document === undefined));
});

test("objects are ranked by their fields and come back whole", async () => {
  const documents = DOCUMENTS.map((body, index) => ({ id: String(index), body }));
  const { data } = await inference.rerank({ ...request, documents, rankFields: ["body"] });
  checkRanking(data);
  assert.deepEqual(data[0]?.document, documents[data[0]!.index]);
});

test("usage", async () => {
  const { usage } = await inference.rerank(request);
  assert.equal(usage.rerankUnits, 1);
});

test("a wrong top_n: PineconeBadRequestError", async () => {
  await assert.rejects(inference.rerank({ ...request, topN: 0 }), (error) => {
    assert.ok(error instanceof Errors.PineconeBadRequestError);
    assert.equal(error.message, "top_n must be at least 1.");
    return true;
  });
});

test("unknown model: PineconeNotFoundError, which has no room for the service's text", async () => {
  await assert.rejects(inference.rerank({ ...request, model: UNKNOWN_MODEL.name }), (error) => {
    assert.ok(error instanceof Errors.PineconeNotFoundError);
    assert.equal(
      error.message,
      `A call to ${SERVICE_URL}/pinecone/rerank returned HTTP status 404.`,
    );
    return true;
  });
});
