/** Lists of models as OpenAI has them, and Infinity's with what it adds. Pure. */
import type { Head } from "../../engine/index.ts";
import type { InfinityModel, ModelList, OpenAiModel } from "../../sdk/index.ts";
import { LIMITS } from "../limits.ts";
import { isRanker } from "../ranker.ts";

/** What of the service is listed. */
export interface ListedModel {
  /** `org/name` or `name`. */
  name: string;
  /** The operator's further names, comma-separated. */
  aliases: string;
  /** Seconds since 1970; as in vLLM and Infinity, when the list was made. */
  created: number;
}

/** The model under each of its names, its own first. */
export function openAiModels({ name, aliases, created }: ListedModel): ModelList<OpenAiModel> {
  const owner = name.includes("/") ? name.slice(0, name.indexOf("/")) : "rerank";
  return {
    object: "list",
    data: namesOf(name, aliases).map((id) => ({ id, object: "model", created, owned_by: owner })),
  };
}

/**
 * The same with Infinity's statistics.
 * @param queued - Requests that are read, wait or are computed.
 * @see libs/infinity_emb/infinity_emb/fastapi_schemas/pymodels.py of Infinity 0.0.77
 */
export function infinityModels(
  { name, aliases, created }: ListedModel,
  head: Head,
  queued: number,
): ModelList<InfinityModel> {
  const shared = {
    stats: {
      queue_fraction: queued / LIMITS.maxQueuedRequests,
      queue_absolute: queued,
      results_pending: queued,
      batch_size: LIMITS.maxDocuments,
    },
    object: "model",
    owned_by: "infinity",
    created,
    backend: "wasm",
    capabilities: [isRanker(head) ? "rerank" : "classify"],
  } as const;
  return { object: "list", data: namesOf(name, aliases).map((id) => ({ id, ...shared })) };
}

function namesOf(name: string, aliases: string): string[] {
  const further = aliases.split(",").map((alias) => alias.trim());
  return [...new Set([name, ...further.filter((alias) => alias !== "")])];
}
