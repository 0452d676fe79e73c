/**
 * The AI SDK's contract for reranking models, as far as this provider goes: written out, so that no version of `@ai-sdk/provider` need be
 * there.
 *
 * @see https://github.com/vercel/ai/tree/main/packages/provider/src/reranking-model
 */

/** Of the AI SDK's contract for reranking models; both have the same methods. */
export type SpecificationVersion = "v3" | "v4";

/** What a call of a model is given. */
export interface CallOptions {
  documents:
    | { type: "text"; values: readonly string[] }
    | { type: "object"; values: readonly Record<string, unknown>[] };
  query: string;
  topN?: number | undefined;
  abortSignal?: AbortSignal | undefined;
  /** Those under `rerank` are {@link RerankProviderOptions}. */
  providerOptions?: Record<string, Record<string, unknown>> | undefined;
  headers?: Record<string, string | undefined> | undefined;
}

/** What was done otherwise than the caller may have meant. */
export interface CallWarning {
  type: "unsupported" | "compatibility";
  feature: string;
  details: string;
}

/** What a call comes to. */
export interface CallResult {
  /** By descending score. */
  ranking: { index: number; relevanceScore: number }[];
  providerMetadata: { rerank: Metadata };
  warnings: CallWarning[];
  response: {
    id?: string;
    /** When the answer was there. */
    timestamp: Date;
    /** That ranked. */
    modelId: string;
    headers: Record<string, string>;
    /** The ranking as the client read it, without the documents. */
    body: unknown;
  };
}

/** What the contract has no field for. A type, not an interface: the AI SDK takes nothing but JSON objects here. */
export type Metadata = {
  usage: { totalTokens: number };
  /** Indices of the ranked documents that the model did not read to the end; of a backend that does not say, none. */
  truncated: number[];
  servedBy: string | undefined;
  routeReason: string | undefined;
};

/** A `RerankingModelV4` or `RerankingModelV3` of the AI SDK. */
export interface RerankingModel<Version extends SpecificationVersion = "v4"> {
  readonly specificationVersion: Version;
  /** Always "rerank", which is also the key of this provider's options and metadata. */
  readonly provider: string;
  readonly modelId: string;
  /** @throws ApiCallError, or the reason of the signal that ended the call */
  doRerank(call: CallOptions): Promise<CallResult>;
}
