/** Which scope a key needs for each route: the one table. Pure. */
import type { Scope } from "./scope.ts";

/** `public`: nobody needs a key. */
export type Access = Scope | "public";

/**
 * By the path as the route has it. A route that stands not here does not start.
 *
 * What the service says about itself is public: clients and load balancers ask for it before they have a key, and it tells no more than the
 * answer to any request does (models, limits, versions). `/metrics` tells how much the service is used, and so needs a scope.
 */
const ACCESS: Readonly<Record<string, Access>> = {
  "/": "public",
  "/health": "public",
  "/ping": "public",
  "/ready": "public",
  "/info": "public",
  "/models": "public",
  "/v1/models": "public",
  "/infinity/models": "public",
  "/swagger.json": "public",

  "/metrics": "metrics",

  "/v1/rerank": "rerank",
  "/v2/rerank": "rerank",
  "/rerank": "rerank",
  "/cohere/v1/rerank": "rerank",
  "/cohere/v2/rerank": "rerank",
  "/jina/v1/rerank": "rerank",
  "/infinity/rerank": "rerank",
  "/vllm/rerank": "rerank",
  "/vllm/v1/rerank": "rerank",
  "/vllm/v2/rerank": "rerank",
  "/tei/rerank": "rerank",
  "/v1/ranking": "rerank",
  "/voyage/v1/rerank": "rerank",
  "/pinecone/rerank": "rerank",

  "/score": "score",
  "/v1/score": "score",
  "/vllm/score": "score",
  "/vllm/v1/score": "score",
  "/predict": "score",
  "/tei/predict": "score",
  "/tokenize": "score",
  "/tei/tokenize": "score",

  "/files": "jobs",
  "/files/:name{[\\s\\S]+}": "jobs",
  "/jobs": "jobs",
  "/jobs/:name": "jobs",
  "/jobs/:name/cancel": "jobs",
  "/jobs/:name/results": "jobs",
  "/jobs/:name/events": "jobs",
};

/** Throws for a path that is not in the table, so that a new route cannot be open by oversight. */
export function accessOf(path: string): Access {
  if (!Object.hasOwn(ACCESS, path)) {
    throw new Error(`worker/auth/route-access.ts does not say who may call ${path}`);
  }
  return ACCESS[path]!;
}
