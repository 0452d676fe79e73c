/**
 * What Text Embeddings Inference says about a reranker at `/info`.
 * @see router/src/lib.rs, Info, of text-embeddings-inference 1.9
 */
export function teiInfo(maxClientBatchSize: number): object {
  return {
    model_id: "upstream",
    model_sha: null,
    model_dtype: "float32",
    served_model_name: "upstream",
    model_type: { reranker: { id2label: { "0": "LABEL_0" }, label2id: { LABEL_0: 0 } } },
    max_concurrent_requests: 512,
    max_input_length: 512,
    max_batch_tokens: 16_384,
    max_batch_requests: null,
    max_client_batch_size: maxClientBatchSize,
    auto_truncate: true,
    tokenization_workers: 1,
    version: "1.9.3",
    sha: null,
    docker_label: null,
  };
}
