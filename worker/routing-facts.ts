/** The facts by which `routing.ts` decides: of a request that has just come, and after each thing that is found out about it. Pure. */
import { canExpress } from "./backends/can-express.ts";
import type { CircuitState } from "./backends/circuit-breaker.ts";
import type { TextPair } from "./encode-pairs.ts";
import type { FitOptions } from "../engine/fit-pair.ts";
import type { UpstreamProtocol } from "./protocols/upstream-protocol.ts";
import type { RoutingFacts } from "./routing.ts";

/** Tokens that backends' models are taken to read of a pair. */
export const BACKEND_WINDOW = 512;

/** Where a request may be computed, and where it asks to be. */
export interface RoutingSides extends Pick<
  RoutingFacts,
  "requested" | "edge" | "edgeMaxTokens" | "edgeFallbackMaxTokens"
> {
  /** Null: the model has none. */
  backend: { protocol: UpstreamProtocol; circuit: CircuitState } | null;
}

/**
 * What is known before anything is tokenized or sent.
 * @param estimates - Tokens of each pair, as `estimateTokens` has them.
 */
export function firstFacts(
  request: { pairs: readonly TextPair[]; fit: FitOptions },
  estimates: readonly number[],
  { backend, ...sides }: RoutingSides,
): RoutingFacts {
  const mustCount = request.fit.longDocuments === "refuse";
  return {
    ...sides,
    backend: backend === null ? "none" : backend.circuit === "open" ? "open" : "ready",
    // What no edge has counted, nobody has found to fit.
    isExpressible:
      backend !== null &&
      canExpress(backend.protocol, request) &&
      !(mustCount && sides.edge === "absent"),
    mustCount,
    tokens: estimates.reduce((sum, tokens) => sum + tokens, 0),
    isEstimate: true,
  };
}

/**
 * After the edge has tokenized the request: it had its turn, so that nobody else's waiting stands against it.
 * @param tokens - The count, or as far as it went.
 */
export function afterCount(facts: RoutingFacts, tokens: number): RoutingFacts {
  return { ...facts, edge: "ready", tokens, isEstimate: false };
}

/**
 * After the backend could not answer.
 * @param wasLeftAlone - It was not even asked, since its circuit has opened meanwhile or another request probes it.
 */
export function afterBackendFailure(facts: RoutingFacts, wasLeftAlone = false): RoutingFacts {
  return { ...facts, backend: wasLeftAlone ? "open" : "failed" };
}
