import type { Failure, Overload } from "./errors.ts";
import type { Decision, RoutingFacts } from "./routing.ts";
import { LEFT_ALONE } from "./score-by-backend.ts";

/**
 * What a request is told that nobody computes. Pure.
 *
 * @param retryAfterMs - Milliseconds after which the backend may be asked again.
 * @param failure - What the last side that tried said against the request; undefined: none has tried.
 * @param overload - What stands against its waiting at the edge.
 */
export function refusal(
  { because }: Extract<Decision, { to: "nobody" }>,
  { requested, edge }: Pick<RoutingFacts, "requested" | "edge">,
  retryAfterMs: number,
  failure: Failure | undefined,
  overload?: Overload,
): Failure {
  switch (because) {
    case "no_backend":
      return { kind: "no_such_route", route: requested };
    case "not_expressible":
      return { kind: "not_expressible" };
    case "overloaded":
      return overload!;
    case "too_large":
      return failure!;
    case "unavailable": {
      const tooLargeForEdge = requested === "auto" && edge === "ready";
      if (failure?.kind === "backend_unavailable") return { ...failure, tooLargeForEdge };
      return {
        kind: "backend_unavailable",
        problem: LEFT_ALONE,
        retryAfterMs,
        tooLargeForEdge,
      };
    }
  }
}
