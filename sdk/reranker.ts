/** What the adapters for other libraries have in common: with what they rank, and how they are told to. */
import { RerankClient } from "./client.ts";
import type { ClientOptions } from "./options.ts";
import type { FailOpen, RerankOptions } from "./rerank.ts";

/** Whatever ranks as a {@link RerankClient} does: a client, or the local mode. */
export type Reranker = Pick<RerankClient, "rerank">;

/** A client, or the options of one. Without both, the environment says where the service is. */
export interface RerankerOptions extends ClientOptions {
  /** Ranks in place of a client of its own; the options of a client are then ignored. */
  client?: Reranker | undefined;
}

/** How an adapter ranks, for every call of it. */
export interface RankingOptions extends Omit<RerankOptions, "details">, FailOpen {}

/** @throws InvalidRequestError without a client and without an address */
export function rerankerOf(options: RerankerOptions): Reranker {
  return options.client ?? new RerankClient(options);
}

/** The options of a ranking, without those of a client. */
export function rankingOf(options: RankingOptions): RankingOptions {
  const { topN, minScore, rawScores, longDocuments, maxTokensPerDocument } = options;
  const { model, route, cacheScope, failOpen } = options;
  const scoring = { rawScores, longDocuments, maxTokensPerDocument, model, route, cacheScope };
  return { topN, minScore, failOpen, ...scoring };
}
