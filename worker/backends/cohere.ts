import { cohereUpstream } from "../protocols/cohere.ts";
import type { BackendKind } from "./backend.ts";

/**
 * Cohere, Azure AI Foundry, and servers that speak like them. At most 1,000 documents are what Cohere advises, where 10,000 are
 * the end. Its limit of tokens is one a document, not one a call, and each call is billed as if it had 100 documents at least:
 * what `maxTokens` allows are 1,000 documents of 512 tokens, so that only their number splits a request.
 * @see https://docs.cohere.com/reference/rerank
 */
export const cohere: BackendKind = {
  protocol: cohereUpstream,
  maxDocuments: 1_000,
  maxTokens: 512_000,
  wholeAddress: ["rerank"],
};
