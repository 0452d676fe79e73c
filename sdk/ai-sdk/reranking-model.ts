import { environment } from "../environment.ts";
import { isRerankError } from "../errors.ts";
import type { RerankResponse, TextOf } from "../rerank.ts";
import { rerankerOf, type RerankerOptions } from "../reranker.ts";
import { ApiCallError } from "./api-call-error.ts";
import type {
  CallOptions,
  CallResult,
  CallWarning,
  RerankingModel,
  SpecificationVersion,
} from "./contract.ts";
import { objectTexts } from "./object-texts.ts";
import { readProviderOptions } from "./provider-options.ts";

/** What models rank with, and what of a document. */
export interface ModelSettings extends RerankerOptions {
  /**
   * What is ranked of a document that is an object. Default: its `text`, else all of its strings joined by line breaks, with a warning.
   */
  text?: TextOf<Record<string, unknown>> | undefined;
  /** Tries beside those of the AI SDK's own `maxRetries`, which multiply. Default 0. */
  maxRetries?: number | undefined;
}

/**
 * What makes a provider's models. They are no instances of a class with private fields: the AI SDK puts a proxy before those of version 3.
 *
 * @throws InvalidRequestError without a client and without an address
 */
export function modelsOf<Version extends SpecificationVersion>(
  specificationVersion: Version,
  settings: ModelSettings,
): (modelId: string) => RerankingModel<Version> {
  const client = rerankerOf(settings);
  const { baseURL = environment("RERANK_BASE_URL") ?? "", maxRetries = 0 } = settings;
  return (modelId) => ({
    specificationVersion,
    provider: "rerank",
    modelId,
    async doRerank({ documents, query, topN, abortSignal: signal, headers, providerOptions }) {
      const { ranking, warnings } = readProviderOptions(providerOptions?.["rerank"]);
      const texts = textsOf(documents, settings, warnings);
      const params = { ...ranking, query, documents: texts, topN, model: modelId, details: true };
      try {
        const call = client.rerank(params, { signal, headers, maxRetries });
        const { data, response, requestId } = await call.withResponse();
        return { ...resultOf(data, response, requestId), warnings };
      } catch (error) {
        if (!isRerankError(error)) throw error;
        // The AI SDK knows the end of a call by its signal's own reason.
        if (error.kind === "aborted") throw signal?.reason ?? error;
        throw new ApiCallError(error, baseURL, { model: modelId, topN });
      }
    },
  });
}

function textsOf(
  { type, values }: CallOptions["documents"],
  { text }: ModelSettings,
  warnings: CallWarning[],
): readonly string[] {
  if (type === "text") return values;
  const { texts, warning } = objectTexts(values, text);
  if (warning) warnings.push(warning);
  return texts;
}

function resultOf(
  data: RerankResponse<string>,
  response: Response,
  requestId: string | undefined,
): Omit<CallResult, "warnings"> {
  const { results, model, usage, servedBy, routeReason } = data;
  const truncated = results.filter((result) => result.truncated).map(({ index }) => index);
  return {
    ranking: results.map(({ index, score }) => ({ index, relevanceScore: score })),
    providerMetadata: { rerank: { usage, truncated, servedBy, routeReason } },
    response: {
      ...(requestId !== undefined && { id: requestId }),
      timestamp: new Date(),
      modelId: model,
      headers: Object.fromEntries(response.headers),
      body: { model, usage, results: results.map((each) => ({ ...each, document: undefined })) },
    },
  };
}
