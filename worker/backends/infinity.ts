import { infinityUpstream } from "../protocols/infinity.ts";
import type { BackendKind } from "./backend.ts";
import { CALL_TOKENS } from "./call-tokens.ts";

/**
 * Infinity. It refuses calls of more documents than `INFINITY_MAX_CLIENT_BATCH_SIZE`, whose default this is; it has no limit of
 * tokens. Its `--url-prefix` is a part of the address.
 * @see infinity_emb/fastapi_schemas/pydantic_v2.py of michaelfeil/infinity 0.0.77
 */
export const infinity: BackendKind = {
  protocol: infinityUpstream,
  maxDocuments: 2_048,
  maxTokens: CALL_TOKENS,
  wholeAddress: ["rerank"],
};
