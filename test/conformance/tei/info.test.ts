import { expect, test } from "vitest";
import { parseManifest } from "../../../engine/manifest.ts";
import { teiInfo } from "../../../worker/protocols/tei-info.ts";
import manifestJson from "../../../models/rerank-minilm-l6/model.json" with { type: "json" };

const manifest = parseManifest(manifestJson);

test("a reranker has every field of TEI's", () => {
  expect(teiInfo(manifest)).toEqual({
    model_id: manifest.name,
    model_sha: manifest.weights.sha256,
    model_dtype: "int8",
    served_model_name: manifest.name,
    model_type: { reranker: { id2label: { "0": "LABEL_0" }, label2id: { LABEL_0: 0 } } },
    max_concurrent_requests: 32,
    max_input_length: 512,
    max_batch_tokens: 65_536,
    max_batch_requests: null,
    max_client_batch_size: 1_000,
    auto_truncate: true,
    tokenization_workers: 1,
    sha: null,
    docker_label: null,
  });
});

test.each([
  "sequence-classification",
  "multi-label-classification",
  "token-classification",
] as const)("a model of several labels is a classifier: %s", (kind) => {
  const labels = ["a", "b"];
  expect(teiInfo({ ...manifest, head: { kind, labels } }).model_type).toEqual({
    classifier: { id2label: { "0": "a", "1": "b" }, label2id: { a: 0, b: 1 } },
  });
});
