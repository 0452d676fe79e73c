/** CohereRerank of LangChain: its base address is that of the client it is given. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { CohereRerank } from "@langchain/cohere";
import { Document } from "@langchain/core/documents";
import { checkRanking, DOCUMENTS, QUERY, RIGHT, RIGHT_DOCUMENT, UNKNOWN_MODEL } from "./example.ts";
import { API_KEY, SERVICE_URL } from "./service.ts";

// The cohere-ai that LangChain brings along, an older one than ours.
const { Cohere, CohereClient } = createRequire(import.meta.resolve("@langchain/cohere"))(
  "cohere-ai",
);

const client = new CohereClient({ environment: SERVICE_URL, token: API_KEY });
const reranker = new CohereRerank({ client, model: "rerank-v3.5" });

const ranked = (results: readonly { index: number; relevanceScore: number }[]) =>
  results.map(({ index, relevanceScore }) => ({ index, score: relevanceScore }));

test("compressDocuments: the best three, with their scores", async () => {
  const documents = DOCUMENTS.map(
    (pageContent, index) => new Document({ pageContent, metadata: { index } }),
  );
  const compressed = await reranker.compressDocuments(documents, QUERY);
  checkRanking(
    compressed.map(({ metadata }) => ({
      index: metadata["index"],
      score: metadata["relevanceScore"],
    })),
    3,
  );
  assert.equal(compressed[0]?.pageContent, RIGHT_DOCUMENT);
});

test("rerank: strings and documents, topN", async () => {
  checkRanking(ranked(await reranker.rerank(DOCUMENTS, QUERY, { topN: 5 })));
  const documents = DOCUMENTS.map((pageContent) => new Document({ pageContent }));
  checkRanking(ranked(await reranker.rerank(documents, QUERY, { topN: 2 })), 2);
});

test("maxChunksPerDoc is accepted", async () => {
  const [best] = await reranker.rerank(DOCUMENTS, QUERY, { maxChunksPerDoc: 10 });
  assert.equal(best?.index, RIGHT);
});

test("unknown model: NotFoundError of cohere-ai", async () => {
  await assert.rejects(
    reranker.rerank(DOCUMENTS, QUERY, { model: UNKNOWN_MODEL.name }),
    (error) => {
      assert.ok(error instanceof Cohere.NotFoundError);
      const { statusCode, body } = error as { statusCode: number; body: { message: string } };
      assert.equal(statusCode, 404);
      assert.match(body.message, UNKNOWN_MODEL.message);
      return true;
    },
  );
});
