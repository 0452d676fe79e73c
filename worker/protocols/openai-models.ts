/** Lists of models as OpenAI has them, and Infinity's with what it adds. Pure. */
import type { Head } from "../../engine/index.ts";
import type { InfinityModel, ModelList, OpenAiModel } from "../../sdk/index.ts";
import { LIMITS } from "../limits.ts";
import { isRanker } from "../ranker.ts";

/** One of the models that are listed. */
export interface ListedModel {
  /** `org/name` or `name`. */
  name: string;
  /** Further names under which it may be asked for. */
  aliases: readonly string[];
}

/** What Infinity's list has of a model besides. */
export interface ListedHead {
  /** Null where it is not known here: of a backend's model, or one that cannot be read now. */
  head: Head | null;
  /** What computes it. */
  backend: "wasm" | "upstream";
}

/**
 * Each model under each of its names, its own first.
 * @param created - Seconds since 1970; as in vLLM and Infinity, when the list was made.
 */
export function openAiModels(
  models: readonly ListedModel[],
  created: number,
): ModelList<OpenAiModel> {
  return {
    object: "list",
    data: models.flatMap((model) => {
      const { name } = model;
      const owner = name.includes("/") ? name.slice(0, name.indexOf("/")) : "rerank";
      return namesOf(model).map((id) => ({ id, object: "model", created, owned_by: owner }));
    }),
  };
}

/**
 * The same with Infinity's statistics.
 * @param queued - Requests that are read, wait or are computed.
 * @see libs/infinity_emb/infinity_emb/fastapi_schemas/pymodels.py of Infinity 0.0.77
 */
export function infinityModels(
  models: readonly (ListedModel & ListedHead)[],
  created: number,
  queued: number,
): ModelList<InfinityModel> {
  const stats = {
    queue_fraction: queued / LIMITS.maxQueuedRequests,
    queue_absolute: queued,
    results_pending: queued,
    batch_size: LIMITS.maxDocuments,
  };
  return {
    object: "list",
    data: models.flatMap((model) =>
      namesOf(model).map((id) => ({
        id,
        stats,
        object: "model",
        owned_by: "infinity",
        created,
        backend: model.backend,
        capabilities: capabilitiesOf(model.head),
      })),
    ),
  };
}

function capabilitiesOf(head: Head | null): InfinityModel["capabilities"] {
  if (head === null) return [];
  return [isRanker(head) ? "rerank" : "classify"];
}

function namesOf({ name, aliases }: ListedModel): string[] {
  return [...new Set([name, ...aliases])];
}
