import { jinaUpstream } from "../protocols/jina.ts";
import type { BackendKind } from "./backend.ts";

/**
 * Jina, and servers that speak like it. Its limits are not documented: these are 1,000 documents of 512 tokens, so that a request
 * is never split. jina-reranker-v3 reads the documents of a call together, and scores of different calls are not on one scale.
 * @see https://api.jina.ai/redoc
 */
export const jina: BackendKind = {
  protocol: jinaUpstream,
  maxDocuments: 1_000,
  maxTokens: 512_000,
  wholeAddress: ["rerank"],
};
