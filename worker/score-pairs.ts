/**
 * Scores of pairs by a ranker: at the edge or by the backend as `routing.ts` decides, each standing in for the other, and only those that are not
 * in the cache.
 */
import { backendOf, type DeployedBackend } from "./backends/deployed-backends.ts";
import { withCache, type CachedOrComputed } from "./cache/with-cache.ts";
import type { TextPair } from "./encode-pairs.ts";
import { fail, ok, type Failure, type Result } from "./errors.ts";
import type { FitOptions } from "../engine/fit-pair.ts";
import type { ServedModel } from "./models.ts";
import type { PairScores } from "./pair-scores.ts";
import { reservePairs } from "./quotas/reserve-pairs.ts";
import type { RequestContext } from "./request-context.ts";
import { afterBackendFailure, afterCount, BACKEND_WINDOW, firstFacts } from "./routing-facts.ts";
import {
  COUNT_ONLY,
  decideRoute,
  estimateTokens,
  type Decision,
  type RouteReason,
  type RoutingFacts,
} from "./routing.ts";
import { checkPublishable } from "./publishable-limit.ts";
import { refusal } from "./refusal.ts";
import { scoreAtEdge } from "./score-at-edge.ts";
import { checkTotalChars } from "./total-chars.ts";
import { LEFT_ALONE, scoreByBackend } from "./score-by-backend.ts";

export interface PairsRequest {
  pairs: readonly TextPair[];
  fit: FitOptions;
  /** Has one label. */
  model: ServedModel;
  /** As `callerScope` has it. Default: none. */
  cacheScope?: string | undefined;
}

/** One score a pair, in the request's order. */
export async function scorePairs(
  request: PairsRequest,
  context: RequestContext,
): Promise<Result<PairScores>> {
  const { pairs, model } = request;
  const withinLimit = checkTotalChars(pairs);
  if (!withinLimit.ok) return withinLimit;
  const permitted = checkPublishable(pairs.length, context.caller);
  if (!permitted.ok) return permitted;
  const reserved = await reservePairs(pairs, model, context, request.fit);
  if (!reserved.ok) return reserved;
  const backend = backendOf(model);
  const window = model.kind === "edge" ? model.manifest.architecture.maxSeqLength : BACKEND_WINDOW;
  const estimates = estimateTokens(pairs, window);
  const overload = context.turns.refusal(estimates.reduce((sum, tokens) => sum + tokens, 0));
  let facts = firstFacts(request, estimates, {
    ...context.settings.routing,
    requested: context.route,
    backend: backend && { protocol: backend.backend.protocol, circuit: backend.breaker.state },
    edge: model.kind !== "edge" ? "absent" : overload ? "full" : "ready",
  });
  // What the last side that tried said against the request.
  let failure: Failure | undefined;
  for (;;) {
    const decision = decideRoute(facts);
    if (decision.to === "nobody") {
      const retryAfterMs = backend?.breaker.retryAfterMs() ?? 0;
      return fail(refusal(decision, facts, retryAfterMs, failure, overload));
    }
    if (decision.to === "backend") {
      const sent = await scoreThere(request, backend!, estimates, decision.reason, context);
      if (sent.ok || sent.failure.kind !== "backend_unavailable") return sent;
      failure = sent.failure;
      facts = afterBackendFailure(facts, failure.problem === LEFT_ALONE);
      continue;
    }
    const computed = await scoreHere(request, decision, facts, context);
    if (computed.ok || !isOverEdge(computed.failure)) return computed;
    failure ??= computed.failure;
    facts = afterCount(facts, computed.failure.actual);
  }
}

async function scoreHere(
  { pairs, fit, model, cacheScope }: PairsRequest,
  { reason, maxTokens }: Extract<Decision, { to: "edge" }>,
  { edgeMaxTokens }: RoutingFacts,
  context: RequestContext,
): Promise<Result<PairScores>> {
  if (model.kind !== "edge") throw new Error("a backend's model was routed to the edge");
  const isStandIn = reason === "circuit_open" || reason === "backend_failed";
  if (isStandIn && maxTokens > edgeMaxTokens) context.turns.yieldToOthers();
  const scorer = `edge ${model.manifest.weights.sha256}`;
  const compute = async (missing: readonly TextPair[]): Promise<Result<CachedOrComputed>> => {
    const scores = await scoreAtEdge(missing, model, fit, context.turns, maxTokens);
    if (!scores.ok) return scores;
    const tokens = scores.value.reduce((sum, { reading }) => sum + reading!.tokens, 0);
    return ok({ scores: scores.value, tokens, cache: null });
  };
  // Of a request that is only to be counted, the cache would make an answer.
  const scored =
    maxTokens === COUNT_ONLY
      ? await compute(pairs)
      : await withCache({ pairs, fit, scorer, cacheScope }, context, compute);
  if (!scored.ok) return scored;
  const { cache, ...computed } = scored.value;
  return ok({ ...computed, provenance: { servedBy: "edge", reason, cache } });
}

async function scoreThere(
  { pairs, fit, cacheScope }: PairsRequest,
  deployed: DeployedBackend,
  estimates: readonly number[],
  reason: RouteReason,
  context: RequestContext,
): Promise<Result<PairScores>> {
  const { id, model } = deployed.backend;
  const scorer = `backend ${id} ${model ?? ""}`;
  const cached = await withCache(
    { pairs, fit, scorer, cacheScope },
    context,
    (missing, indices) => {
      const tokens = indices.map((index) => estimates[index]!);
      return scoreByBackend({ pairs: missing, tokens, fit }, deployed, context);
    },
  );
  if (!cached.ok) return cached;
  const { cache, ...computed } = cached.value;
  return ok({ ...computed, provenance: { servedBy: "backend", reason, cache } });
}

type OverEdge = Extract<Failure, { kind: "over_limit" }>;

function isOverEdge(failure: Failure): failure is OverEdge {
  return failure.kind === "over_limit" && failure.limit === "maxEdgeTokens";
}
