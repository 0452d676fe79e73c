/** From the service's decisions about a request to what becomes of it. */
import type { Failure, Result } from "../../worker/errors.ts";
import { publicError } from "../../worker/public-error.ts";
import { mayFailOpen } from "../../worker/protocols/fail-open.ts";
import { refusal } from "../../worker/refusal.ts";
import { afterCount } from "../../worker/routing-facts.ts";
import { decideRoute, type RouteReason, type RoutingFacts } from "../../worker/routing.ts";
import type { ScoringRequest } from "./read-request.ts";

/** What becomes of a request. */
export type Outcome =
  | { served_by: "edge" | "backend"; reason: RouteReason }
  /** It has `fail_open`, and gets its documents unranked; the reason is the code of the error it would get without. */
  | { served_by: "none"; reason: string }
  | { served_by: null; status: number; code: string; message: string };

/**
 * Follows the decisions until somebody computes or nobody does.
 * @param failure - What the backend has said.
 */
export async function follow(
  first: RoutingFacts,
  { failOpen, placeOf }: ScoringRequest,
  count: () => Promise<Result<number>>,
  failure?: Failure,
): Promise<{ outcome: Outcome; facts: RoutingFacts }> {
  const refuse = (problem: Failure): Outcome =>
    failOpen && mayFailOpen(problem)
      ? { served_by: "none", reason: publicError(problem).code }
      : refusedOutcome(problem);
  let reason = failure;
  for (let facts = first; ;) {
    const decision = decideRoute(facts);
    if (decision.to === "nobody")
      return { outcome: refuse(refusal(decision, facts, 0, reason)), facts };
    if (decision.to === "backend")
      return { outcome: { served_by: "backend", reason: decision.reason }, facts };
    const counted = await count();
    if (!counted.ok) {
      const problem =
        counted.failure.kind === "over_window"
          ? { ...counted.failure, param: placeOf(counted.failure.index) }
          : counted.failure;
      return { outcome: refuse(problem), facts };
    }
    if (counted.value <= decision.maxTokens)
      return { outcome: { served_by: "edge", reason: decision.reason }, facts };
    reason ??= { kind: "over_limit", limit: "maxEdgeTokens", actual: counted.value };
    facts = afterCount(facts, counted.value);
  }
}

export function refusedOutcome(failure: Failure): Outcome {
  const { status, code, message } = publicError(failure);
  return { served_by: null, status, code, message };
}
