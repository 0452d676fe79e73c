/** What callers of a reranker send: short lists mostly, now and then a long one. */
import type { RerankRequestBody } from "../../sdk/index.ts";
import { SHORT_REQUEST } from "../bench/short-request.ts";
import type { LoadRequest } from "./plan.ts";

const { query, documents } = SHORT_REQUEST as { query: string; documents: string[] };

/** About 60 tokens. */
export const FEW: RerankRequestBody = { query, documents: documents.slice(0, 3) };

/** About 1,100 tokens: ten passages. */
export const PASSAGES: RerankRequestBody = passages(10);

/** Passages of about 110 tokens each with the query. */
export function passages(count: number): RerankRequestBody {
  const passage = documents.slice(0, 6).join(" ");
  return { query, documents: Array.from({ length: count }, (_, index) => `${index} ${passage}`) };
}

/** As JSON at a route, such as `/v1/rerank`. */
export function post(
  body: object,
  weight = 1,
  path = "/v1/rerank",
  headers: Readonly<Record<string, string>> = {},
): LoadRequest {
  return { path, body: JSON.stringify(body), headers, weight };
}

/** Of a hundred requests, 60 with three short documents, 35 with ten and 5 with ten passages: 170 tokens on average. */
export const MIX: readonly LoadRequest[] = [
  post(FEW, 60),
  post(SHORT_REQUEST, 35),
  post(PASSAGES, 5),
];
