/** What local mode says about itself where the service has `/info` and `/v1/models`. Pure. */
import type { ModelManifest } from "../../engine/index.ts";
import type { ModelList, ServiceInfo } from "../wire.ts";

/** Of a limit that is none: JSON has no infinity. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

export function localInfo(
  { name, weights, architecture, head }: ModelManifest,
  version: string,
): ServiceInfo {
  const labels = {
    id2label: Object.fromEntries(head.labels.map((label, index) => [String(index), label])),
    label2id: Object.fromEntries(head.labels.map((label, index) => [label, index])),
  };
  const isRanker = head.kind !== "token-classification" && head.labels.length === 1;
  return {
    version,
    model: name,
    models: [name],
    head: head.kind,
    labels: head.labels,
    maxSeqLength: architecture.maxSeqLength,
    limits: {},
    routing: {
      edge_max_tokens: UNLIMITED,
      edge_fallback_max_tokens: UNLIMITED,
      request_timeout_ms: UNLIMITED,
      score_cache: "off",
      backend: null,
      rule: "Every request is computed here, without a service.",
    },
    model_id: name,
    model_sha: weights.sha256,
    model_dtype: "int8",
    served_model_name: name,
    model_type: isRanker ? { reranker: labels } : { classifier: labels },
    max_concurrent_requests: UNLIMITED,
    max_input_length: architecture.maxSeqLength,
    max_batch_tokens: UNLIMITED,
    max_batch_requests: null,
    max_client_batch_size: UNLIMITED,
    auto_truncate: true,
    tokenization_workers: 1,
    sha: null,
    docker_label: null,
  };
}

/** @param created - Seconds since 1970. */
export function localModels({ name }: ModelManifest, created: number): ModelList {
  return { object: "list", data: [{ id: name, object: "model", created, owned_by: "local" }] };
}
