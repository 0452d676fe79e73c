import { LIMITS } from "../limits.ts";
import { vllmUpstream } from "../protocols/vllm.ts";
import type { BackendKind } from "./backend.ts";
import { CALL_TOKENS } from "./call-tokens.ts";

/** vLLM. It has no limits of its own and batches whatever waits: no request is split by its number of documents. */
export const vllm: BackendKind = {
  protocol: vllmUpstream,
  maxDocuments: LIMITS.maxDocuments,
  maxTokens: CALL_TOKENS,
  wholeAddress: ["rerank"],
};
