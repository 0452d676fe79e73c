import { nimUpstream } from "../protocols/nim.ts";
import type { BackendKind } from "./backend.ts";
import { CALL_TOKENS } from "./call-tokens.ts";

/**
 * NVIDIA NIM, hosted, where an address ends with `/reranking`, or one's own. Its documentation has no limit but 512 passages,
 * told of requests with images; of texts it is taken to be the same.
 * @see https://docs.nvidia.com/nim/nemo-retriever/text-reranking/2.0.0/use-the-api-openai.html
 */
export const nim: BackendKind = {
  protocol: nimUpstream,
  maxDocuments: 512,
  maxTokens: CALL_TOKENS,
  wholeAddress: ["ranking", "reranking"],
};
