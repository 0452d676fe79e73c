import { teiUpstream } from "../protocols/tei-rerank.ts";
import type { BackendKind } from "./backend.ts";

/**
 * Text Embeddings Inference. The bounds are the defaults of its flags `--max-client-batch-size`, over which it refuses a call, and
 * `--max-batch-tokens`, over which it computes one in several batches; `GET /info` of a server says its own.
 * @see https://huggingface.co/docs/text-embeddings-inference/cli_arguments
 */
export const tei: BackendKind = {
  protocol: teiUpstream,
  maxDocuments: 32,
  maxTokens: 16_384,
  wholeAddress: ["rerank"],
};
