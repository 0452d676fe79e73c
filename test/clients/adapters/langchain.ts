/** RerankCompressor of our SDK in a ContextualCompressionRetriever of LangChain. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ContextualCompressionRetriever } from "@langchain/classic/retrievers/contextual_compression";
import { DocumentCompressorPipeline } from "@langchain/classic/retrievers/document_compressors";
import { Document } from "@langchain/core/documents";
import { BaseRetriever } from "@langchain/core/retrievers";
import { BaseDocumentCompressor } from "@langchain/core/retrievers/document_compressors";
import { isRerankError } from "../../../sdk/index.ts";
import { RerankCompressor, type RerankCompressorOptions } from "../../../sdk/langchain.ts";
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

const documentsOf = (): Document[] =>
  DOCUMENTS.map(
    (pageContent, index) =>
      new Document({ id: `id-${index}`, pageContent, metadata: { index, relevanceScore: "old" } }),
  );

const compressor = (options: RerankCompressorOptions = {}): RerankCompressor =>
  new RerankCompressor({ baseURL: SERVICE_URL, ...options });

const compress = (options?: RerankCompressorOptions): Promise<Document[]> =>
  compressor(options).compressDocuments(documentsOf(), QUERY);

const ranked = (documents: readonly Document[]) =>
  documents.map(({ metadata }) => ({
    index: metadata["index"],
    score: metadata["relevanceScore"],
  }));

class AllDocuments extends BaseRetriever {
  lc_namespace = ["test"];
  override _getRelevantDocuments = async (): Promise<Document[]> => documentsOf();
}

test("a ContextualCompressionRetriever gives the best, with their scores", async () => {
  const baseCompressor: BaseDocumentCompressor = compressor({ topN: 3 });
  const retriever = new ContextualCompressionRetriever({
    baseRetriever: new AllDocuments(),
    baseCompressor,
  });
  const documents = await retriever.invoke(QUERY);
  checkRanking(ranked(documents), 3);
  assert.equal(documents[0]?.pageContent, RIGHT_DOCUMENT);
});

test("a DocumentCompressorPipeline knows it as a compressor", async () => {
  assert.ok(BaseDocumentCompressor.isBaseDocumentCompressor(compressor()));
  const pipeline = new DocumentCompressorPipeline({
    transformers: [compressor({ topN: 4 }), compressor({ topN: 2 })],
  });
  checkRanking(ranked((await pipeline.compressDocuments(documentsOf(), QUERY)) as Document[]), 2);
});

test("copies of the same class with their ids; the caller's documents stay as they were", async () => {
  const documents = documentsOf();
  const [best] = await compressor().compressDocuments(documents, QUERY);
  assert.deepEqual(documents, documentsOf());
  assert.ok(best instanceof Document);
  assert.notEqual(best, documents[RIGHT]);
  assert.equal(best.id, `id-${RIGHT}`);
  assert.equal(typeof best.metadata["relevanceScore"], "number");
});

test("topN, also more than there are documents; minScore; the key of the score", async () => {
  checkRanking(ranked(await compress({ topN: 50 })));
  const score = ranked(await compress({ topN: 1 }))[0]!.score;
  assert.deepEqual(ranked(await compress({ minScore: score })), [{ index: RIGHT, score }]);
  const [best] = await compress({ scoreKey: "score" });
  assert.deepEqual(best?.metadata, { index: RIGHT, relevanceScore: "old", score });
});

test("fields: keys of the metadata, as text or JSON, without what is not there", async () => {
  const titled = DOCUMENTS.map(
    (title, index) => new Document({ pageContent: "-", metadata: { index, title, none: null } }),
  );
  const byTitle = await compressor({ fields: ["title", "none", "missing"] }).compressDocuments(
    titled,
    QUERY,
  );
  assert.deepEqual(ranked(byTitle), ranked(await compress()));
  const both = await compressor({ fields: ["pageContent", "title", "index"] }).compressDocuments(
    titled,
    QUERY,
  );
  const joined = titled.map(
    ({ metadata }) =>
      new Document({ pageContent: `-\n${metadata["title"]}\n${metadata["index"]}`, metadata }),
  );
  assert.deepEqual(ranked(both), ranked(await compressor().compressDocuments(joined, QUERY)));
});

test("no documents: nothing, and no request", async () => {
  assert.deepEqual(await compressor({ baseURL: NOWHERE }).compressDocuments([], QUERY), []);
});

test("errors are ours, and go through the retriever: unknown model, 401, nobody there", async () => {
  const retriever = (options: RerankCompressorOptions) =>
    new ContextualCompressionRetriever({
      baseRetriever: new AllDocuments(),
      baseCompressor: compressor({ maxRetries: 0, ...options }),
    }).invoke(QUERY);
  await assert.rejects(retriever({ model: UNKNOWN_MODEL.name }), (error) => {
    assert.ok(isRerankError(error, "invalid_request"));
    return error.status === 404;
  });
  await assert.rejects(retriever({ baseURL: NOWHERE }), (error) =>
    isRerankError(error, "connection"),
  );
  await withServer(UNAUTHORIZED, async (baseURL) => {
    await assert.rejects(retriever({ baseURL }), (error) => isRerankError(error, "authentication"));
  });
});

test("failOpen: the first documents in their own order, told by the score that is not new", async () => {
  await withServer(OVERLOADED, async (baseURL) => {
    const options = { baseURL, maxRetries: 0, failOpen: true, topN: 2, scoreKey: "score" };
    const documents = await compress(options);
    assert.deepEqual(documents, documentsOf().slice(0, 2));
  });
});

test("abort: by the compressor's signal and by a config's", async () => {
  const requests = await withServer("none", async (baseURL, nextRequest) => {
    const calls = [
      (signal: AbortSignal) => compress({ baseURL, signal }),
      (signal: AbortSignal) =>
        compressor({ baseURL }).compressDocuments(documentsOf(), QUERY, { signal }),
      (signal: AbortSignal) =>
        compressor({ baseURL, signal: new AbortController().signal }).compressDocuments(
          documentsOf(),
          QUERY,
          { signal },
        ),
    ];
    for (const call of calls) {
      const ending = new AbortController();
      void nextRequest().then(() => ending.abort());
      await assert.rejects(call(ending.signal), (error) => isRerankError(error, "aborted"));
    }
  });
  assert.equal(requests, 3);
});
