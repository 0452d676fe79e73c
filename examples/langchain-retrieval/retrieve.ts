// The best passages for a question: node retrieve.ts QUESTION
import { ContextualCompressionRetriever } from "@langchain/classic/retrievers/contextual_compression";
import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import { Document } from "@langchain/core/documents";
import { Embeddings } from "@langchain/core/embeddings";
import { RerankCompressor } from "@x/rerank-sdk/langchain";

/** Stands for a model of embeddings: counts the letters of a text. */
class LetterEmbeddings extends Embeddings {
  async embedQuery(text: string): Promise<number[]> {
    const letters = text.toLowerCase();
    return Array.from("abcdefghijklmnopqrstuvwxyz", (letter) => letters.split(letter).length - 1);
  }

  async embedDocuments(texts: string[]): Promise<number[][]> {
    return Promise.all(texts.map((text) => this.embedQuery(text)));
  }
}

const passages = [
  "Venus is the hottest planet, under thick clouds.",
  "Mars is the red planet: there is rust in its soil.",
  "Jupiter has a red storm that is larger than Earth.",
  "Saturn's rings are made of ice and rock.",
].map((pageContent, id) => new Document({ pageContent, metadata: { id } }));

const store = await MemoryVectorStore.fromDocuments(passages, new LetterEmbeddings({}));
const retriever = new ContextualCompressionRetriever({
  baseRetriever: store.asRetriever(4),
  // The address and the key are in the environment: RERANK_BASE_URL, RERANK_API_KEY.
  baseCompressor: new RerankCompressor({ topN: 2 }),
});

const [question = "Which planet is red?"] = process.argv.slice(2);
for (const { metadata, pageContent } of await retriever.invoke(question))
  console.log(metadata["relevanceScore"].toFixed(3), pageContent);
