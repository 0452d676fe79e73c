import { TIMEOUT_HEADER } from "../deadline.ts";
import { LIMITS } from "../limits.ts";
import { rerankUpstream } from "../protocols/rerank.ts";
import { ROUTE_HEADER } from "../request-context.ts";
import type { BackendKind } from "./backend.ts";

/**
 * Another copy of this service, by a service binding or an address. It is told to compute at its own edge, so that two copies
 * that have each other for a backend do not pass a request to and fro, and how long the answer is waited for.
 *
 * It refuses more tokens than `maxEdgeTokens`. An estimate from characters may be too low by 4.5, if each is a token; a fifth of
 * that limit is never refused, and is computed within the default timeout.
 */
export const rerank: BackendKind = {
  protocol: rerankUpstream,
  maxDocuments: LIMITS.maxDocuments,
  maxTokens: Math.floor(LIMITS.maxEdgeTokens / 5),
  wholeAddress: ["rerank"],
  headers: ({ remainingMs }) => ({
    [ROUTE_HEADER]: "edge",
    [TIMEOUT_HEADER]: String(Math.max(1, Math.floor(remainingMs))),
  }),
};
