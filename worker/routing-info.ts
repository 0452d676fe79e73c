/** What the service says of its routing, without an address or a key. Pure. */
import type { BackendInfo, MisconfiguredRouting, RoutingInfo } from "../sdk/index.ts";
import type { Backend } from "./backends/backend.ts";
import type { CircuitState } from "./backends/circuit-breaker.ts";
import { LIMITS } from "./limits.ts";
import type { RoutingLimits } from "./routing.ts";
import type { Checked } from "./setting-values.ts";
import type { Settings } from "./settings.ts";

/** A backend, and what an isolate has seen of it. */
export interface ObservedBackend {
  backend: Pick<Backend, "protocol" | "limits">;
  circuit: CircuitState;
}

/** @param backend - Of the default model; null if it has none. */
export function routingInfo(
  settings: Checked<Pick<Settings, "routing" | "requestTimeoutMs" | "cache">>,
  backend: ObservedBackend | null,
): RoutingInfo | MisconfiguredRouting {
  if (!settings.ok) return { misconfigured: settings.problems };
  const { routing, requestTimeoutMs, cache } = settings.value;
  return {
    edge_max_tokens: routing.edgeMaxTokens,
    edge_fallback_max_tokens: routing.edgeFallbackMaxTokens,
    request_timeout_ms: requestTimeoutMs,
    score_cache: cache.store,
    backend: backend && backendInfo(backend),
    rule: backend ? ruleOf(routing) : EDGE_ONLY,
  };
}

function backendInfo({ backend: { protocol, limits }, circuit }: ObservedBackend): BackendInfo {
  return {
    protocol: protocol.name,
    max_documents: limits.maxDocuments,
    max_tokens: limits.maxTokens,
    max_concurrency: limits.maxConcurrency,
    timeout_ms: limits.timeoutMs,
    circuit,
  };
}

const EDGE_ONLY = `Every request is computed at the edge, up to ${LIMITS.maxEdgeTokens} tokens; one of more is refused with 413.`;

function ruleOf({ edgeMaxTokens, edgeFallbackMaxTokens }: RoutingLimits): string {
  const split =
    edgeMaxTokens === 0
      ? "Every request is computed by the backend."
      : `A request of up to ${edgeMaxTokens} tokens is computed at the edge, one of more by the backend.`;
  const whileFailing =
    edgeFallbackMaxTokens > edgeMaxTokens
      ? `While the backend fails, the edge stands in up to ${edgeFallbackMaxTokens} tokens, and one of more is answered with 503.`
      : "While the backend fails, what it should have computed is answered with 503.";
  return `${split} ${whileFailing}`;
}
