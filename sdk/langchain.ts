/** `@x/rerank-sdk/langchain`: a document compressor. It has no need of LangChain at run time. */
import type { RequestOptions } from "./options.ts";
import {
  rankingOf,
  rerankerOf,
  type RankingOptions,
  type Reranker,
  type RerankerOptions,
} from "./reranker.ts";

export type { RankingOptions, Reranker, RerankerOptions } from "./reranker.ts";

/** A document as LangChain has it, of any of its versions. */
export interface LangChainDocument {
  pageContent: string;
  // LangChain's own type of it.
  metadata: Record<string, any>;
  id?: string | undefined;
}

export interface RerankCompressorOptions extends RerankerOptions, RankingOptions {
  /**
   * What is ranked of a document, joined by line breaks: "pageContent" and keys of its metadata. A value that is no string is ranked as
   * JSON; one that is not there is left out.
   * @default ["pageContent"]
   */
  fields?: readonly string[] | undefined;
  /** Key of the metadata that gets the score. Default "relevanceScore", as of LangChain's other rerankers. */
  scoreKey?: string | undefined;
  /** Ends every call of this compressor: LangChain's retrievers hand none on, so make a compressor a request. */
  signal?: AbortSignal | undefined;
}

/**
 * A `BaseDocumentCompressor` of LangChain: by what it has, not by inheritance, so that any version of `@langchain/core` will do.
 *
 * @example
 * ```ts
 * const retriever = new ContextualCompressionRetriever({
 *   baseRetriever: vectorStore.asRetriever(50),
 *   baseCompressor: new RerankCompressor({ baseURL: "https://rerank.example.com", topN: 5 }),
 * });
 * ```
 */
export class RerankCompressor {
  readonly #client: Reranker;
  readonly #options: RerankCompressorOptions;

  /** @throws InvalidRequestError without a client and without an address */
  constructor(options: RerankCompressorOptions = {}) {
    this.#client = rerankerOf(options);
    this.#options = options;
  }

  /**
   * The documents by descending score, as copies whose metadata has the score; of equal score in their own order. With `failOpen`, those
   * that nobody ranked have no score.
   *
   * @param config - LangChain's callbacks, which are not called, or a `RunnableConfig`, whose `signal` ends the call.
   * @throws RerankError
   */
  async compressDocuments<Document extends LangChainDocument>(
    documents: Document[],
    query: string,
    config?: unknown,
  ): Promise<Document[]> {
    const { fields = ["pageContent"], scoreKey = "relevanceScore" } = this.#options;
    const texts = documents.map((document) => fieldsOf(document, fields));
    const { results } = await this.#client.rerank(
      { ...rankingOf(this.#options), query, documents: texts },
      this.#ending(config),
    );
    return results.map((result) => {
      const scores = "score" in result ? { [scoreKey]: result.score } : {};
      return withMetadata(documents[result.index]!, scores);
    });
  }

  #ending(config: unknown): RequestOptions {
    const own = signalOf(config);
    const { signal } = this.#options;
    return { signal: own && signal ? AbortSignal.any([own, signal]) : (own ?? signal) };
  }
}

function fieldsOf(document: LangChainDocument, fields: readonly string[]): string {
  return fields
    .map((field) => (field === "pageContent" ? document.pageContent : document.metadata[field]))
    .filter((value) => value !== undefined && value !== null)
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value)))
    .join("\n");
}

/** A copy of the same class, with more in its metadata. */
function withMetadata<Document extends LangChainDocument>(
  document: Document,
  more: object,
): Document {
  const copy = Object.create(Object.getPrototypeOf(document)) as Document;
  return Object.assign(copy, document, { metadata: { ...document.metadata, ...more } });
}

function signalOf(config: unknown): AbortSignal | undefined {
  const { signal } = (config ?? {}) as { signal?: unknown };
  return signal instanceof AbortSignal ? signal : undefined;
}
