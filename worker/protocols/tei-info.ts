/** What Text Embeddings Inference says about itself. Pure. */
import type { ModelManifest } from "../../engine/index.ts";
import type { TeiInfo } from "../../sdk/index.ts";
import { LIMITS } from "../limits.ts";
import { isRanker } from "../ranker.ts";

/**
 * TEI's `/info` of a model.
 *
 * `model_sha` is the SHA-256 of the packed weights, where TEI has a commit of the Hub. A token classifier, which TEI does not serve, is
 * called a classifier.
 * @see router/src/lib.rs, Info, of text-embeddings-inference 1.9
 */
export function teiInfo({ name, weights, architecture, head }: ModelManifest): TeiInfo {
  const labels = {
    id2label: Object.fromEntries(head.labels.map((label, index) => [String(index), label])),
    label2id: Object.fromEntries(head.labels.map((label, index) => [label, index])),
  };
  return {
    model_id: name,
    model_sha: weights.sha256,
    model_dtype: "int8",
    served_model_name: name,
    model_type: isRanker(head) ? { reranker: labels } : { classifier: labels },
    max_concurrent_requests: LIMITS.maxQueuedRequests,
    max_input_length: architecture.maxSeqLength,
    max_batch_tokens: LIMITS.maxEdgeTokens,
    max_batch_requests: null,
    max_client_batch_size: LIMITS.maxDocuments,
    auto_truncate: true,
    tokenization_workers: 1,
    sha: null,
    docker_label: null,
  };
}
