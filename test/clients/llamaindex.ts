/** CohereRerank of LlamaIndex. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { CohereRerank } from "@llamaindex/cohere";
import { TextNode, type NodeWithScore } from "@llamaindex/core/schema";
import { checkRanking, DOCUMENTS, QUERY, UNKNOWN_MODEL } from "./example.ts";
import { API_KEY, SERVICE_URL } from "./service.ts";

// The cohere-ai that LlamaIndex brings along, an older one than ours.
const { CohereError } = createRequire(import.meta.resolve("@llamaindex/cohere"))("cohere-ai");

const options = { apiKey: API_KEY, baseUrl: SERVICE_URL, model: "rerank-v3.5" };
const nodes = DOCUMENTS.map((text, index) => ({
  node: new TextNode({ text, id_: String(index) }),
  score: 0,
}));

const ranked = (results: readonly NodeWithScore[]) =>
  results.map(({ node, score }) => ({ index: Number(node.id_), score: score! }));

test("postprocessNodes: the best two unless told otherwise", async () => {
  checkRanking(ranked(await new CohereRerank(options).postprocessNodes(nodes, QUERY)), 2);
});

test("topN, more than there are", async () => {
  const reranker = new CohereRerank({ ...options, topN: 10 });
  checkRanking(ranked(await reranker.postprocessNodes(nodes, QUERY)));
});

test("unknown model: an error of cohere-ai", async () => {
  const reranker = new CohereRerank({ ...options, model: UNKNOWN_MODEL.name });
  await assert.rejects(reranker.postprocessNodes(nodes, QUERY), (error) => {
    assert.ok(error instanceof CohereError);
    const { statusCode, body } = error as { statusCode: number; body: { message: string } };
    assert.equal(statusCode, 404);
    assert.match(body.message, UNKNOWN_MODEL.message);
    return true;
  });
});
