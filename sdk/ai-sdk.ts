/** `@x/rerank-sdk/ai-sdk`: a provider of reranking models for the AI SDK. It has no need of the AI SDK at run time. */
import { rerankError } from "./errors.ts";
import type { RerankingModel, SpecificationVersion } from "./ai-sdk/contract.ts";
import { modelsOf, type ModelSettings } from "./ai-sdk/reranking-model.ts";

export { ApiCallError } from "./ai-sdk/api-call-error.ts";
export type * from "./ai-sdk/contract.ts";
export type { RerankProviderOptions } from "./ai-sdk/provider-options.ts";
export type { ModelSettings } from "./ai-sdk/reranking-model.ts";
export type { Reranker, RerankerOptions } from "./reranker.ts";

/** What a provider is made of. */
export interface RerankProviderSettings<
  Version extends SpecificationVersion = "v4",
> extends ModelSettings {
  /** Of the AI SDK's contract: "v4" of version 7, "v3" of version 6. Default "v4". */
  specificationVersion?: Version | undefined;
}

/** A `ProviderV4` or `ProviderV3` of the AI SDK that has reranking models alone. */
export interface RerankProvider<Version extends SpecificationVersion = "v4"> {
  readonly specificationVersion: Version;
  /** @param modelId - A name of `GET /v1/models`. Default "default", the service's default model. */
  rerankingModel(modelId?: string): RerankingModel<Version>;
  /** The same as `rerankingModel`. */
  reranking(modelId?: string): RerankingModel<Version>;
  /** @throws InvalidRequestError: there are none. */
  languageModel(modelId: string): never;
  /** @throws InvalidRequestError: there are none. */
  embeddingModel(modelId: string): never;
  /** @throws InvalidRequestError: there are none. */
  imageModel(modelId: string): never;
}

/**
 * A provider for `rerank()` of the AI SDK.
 *
 * @example
 * ```ts
 * const provider = createRerank({ baseURL: "https://rerank.example.com", apiKey: process.env.RERANK_API_KEY });
 * const { rerankedDocuments } = await rerank({
 *   model: provider.reranking(),
 *   query: "red planet",
 *   documents: ["Venus", "Mars"],
 *   topN: 1,
 * });
 * ```
 *
 * @throws InvalidRequestError without a client and without an address
 */
export function createRerank<Version extends SpecificationVersion = "v4">(
  settings: RerankProviderSettings<Version> = {},
): RerankProvider<Version> {
  const specificationVersion = settings.specificationVersion ?? ("v4" as Version);
  const models = modelsOf(specificationVersion, settings);
  const rerankingModel = (modelId = "default"): RerankingModel<Version> => models(modelId);
  const none = (): never => {
    throw rerankError("invalid_request", "This provider has reranking models only.", {
      code: "no_such_model",
    });
  };
  return {
    specificationVersion,
    rerankingModel,
    reranking: rerankingModel,
    languageModel: none,
    embeddingModel: none,
    imageModel: none,
  };
}
