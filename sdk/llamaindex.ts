/** `@x/rerank-sdk/llamaindex`: a node postprocessor. It has no need of LlamaIndex at run time. */
import { rerankError } from "./errors.ts";
import {
  rankingOf,
  rerankerOf,
  type RankingOptions,
  type Reranker,
  type RerankerOptions,
} from "./reranker.ts";

export type { RankingOptions, Reranker, RerankerOptions } from "./reranker.ts";

/** A node as LlamaIndex has it, with the score of whoever found it. */
export interface LlamaIndexNode {
  node: { getContent(metadataMode?: string): string };
  score?: number | undefined;
}

/** A query as LlamaIndex has it: a text, or a message in parts of which those of type "text" count. */
export type LlamaIndexQuery = string | readonly { type: string }[];

export interface RerankPostprocessorOptions extends RerankerOptions, RankingOptions {
  /**
   * Which metadata is ranked with a node's text: a `MetadataMode` of LlamaIndex. Metadata says more than the text, but takes room in the
   * model's window.
   * @default "ALL", as of LlamaIndex's other rerankers
   */
  metadataMode?: "ALL" | "EMBED" | "LLM" | "NONE" | (string & {}) | undefined;
  /** Ends every call of this postprocessor: LlamaIndex hands none on, so make a postprocessor a request. */
  signal?: AbortSignal | undefined;
}

/**
 * A `BaseNodePostprocessor` of LlamaIndex.
 *
 * @example
 * ```ts
 * const queryEngine = index.asQueryEngine({
 *   similarityTopK: 50,
 *   nodePostprocessors: [new RerankPostprocessor({ baseURL: "https://rerank.example.com", topN: 5 })],
 * });
 * ```
 */
export class RerankPostprocessor {
  readonly #client: Reranker;
  readonly #options: RerankPostprocessorOptions;

  /** @throws InvalidRequestError without a client and without an address */
  constructor(options: RerankPostprocessorOptions = {}) {
    this.#client = rerankerOf(options);
    this.#options = options;
  }

  /**
   * The nodes by descending score, in copies of what holds node and score; of equal score in their own order. With `failOpen`, those that
   * nobody ranked keep the score they came with.
   *
   * @throws RerankError - InvalidRequestError also for a query without any text
   */
  async postprocessNodes<Node extends LlamaIndexNode>(
    nodes: Node[],
    query?: LlamaIndexQuery,
  ): Promise<Node[]> {
    if (nodes.length === 0) return [];
    const { metadataMode = "ALL", signal } = this.#options;
    const texts = nodes.map(({ node }) => node.getContent(metadataMode));
    const { results } = await this.#client.rerank(
      { ...rankingOf(this.#options), query: queryTextOf(query), documents: texts },
      { signal },
    );
    return results.map((result) => {
      const node = nodes[result.index]!;
      return "score" in result ? { ...node, score: result.score } : { ...node };
    });
  }
}

function queryTextOf(query: LlamaIndexQuery = ""): string {
  const text =
    typeof query === "string"
      ? query
      : query
          .filter((part): part is { type: "text"; text: string } => part.type === "text")
          .map((part) => part.text)
          .join("\n\n");
  if (text.trim() !== "") return text;
  throw rerankError(
    "invalid_request",
    "There is nothing to rank for: the query must be a text, or a message with a part of type text.",
    { code: "no_query", param: "query" },
  );
}
