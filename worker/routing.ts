/**
 * Who computes a request: the edge or the backend. Pure: the same facts give the same decision.
 *
 * The measure is work in tokens, not documents. It is estimated from characters, which costs nothing. A request that is clearly large goes to
 * the backend without a look at its tokens; any other is tokenized at the edge, which has to be done there anyway, and decided again by the
 * true count if that is over the line.
 */
import type { TextPair } from "./compute-logits.ts";
import { LIMITS } from "./limits.ts";

/** What a request may ask for with the header `x-rerank-route`. */
export const ROUTES = ["auto", "edge", "backend"] as const;

export type Route = (typeof ROUTES)[number];

/** Why a request was computed where it was; the header `x-rerank-route-reason`. */
export type RouteReason =
  /** There is no backend for the model. */
  | "no_backend"
  /** The request asked for it with `x-rerank-route`. */
  | "requested"
  /** It asks for something that the backend's protocol cannot say. */
  | "edge_only_option"
  /** The model labels texts or tokens instead of ranking them. */
  | "classifier"
  /** The model is only at the backend. */
  | "backend_model"
  | "small"
  | "large"
  /** Small, but too many wait at the edge already. */
  | "edge_queue_full"
  /** Large, but the backend has just failed again and again. */
  | "circuit_open"
  /** Large, but the backend failed with this request. */
  | "backend_failed"
  /** Computed by nobody: the answer has the documents unranked, and its own reason. */
  | "failed_open";

export interface RoutingLimits {
  /** Tokens up to which a request is computed at the edge. */
  edgeMaxTokens: number;
  /** Tokens up to which the edge stands in for a backend that fails. */
  edgeFallbackMaxTokens: number;
}

export interface RoutingFacts extends RoutingLimits {
  requested: Route;
  /** "open": its circuit breaker lets nothing through. */
  backend: "none" | "ready" | "open" | "failed";
  /** "full": as many requests wait as may. "absent": the model is not there. */
  edge: "ready" | "full" | "absent";
  /** Whether the backend's protocol can say what the request asks for. */
  isExpressible: boolean;
  /** The request forbids to cut, so that the edge must count before anyone computes. */
  mustCount: boolean;
  /** The request's work. */
  tokens: number;
  /** Whether `tokens` is an estimate from characters, or what the tokenizer counted. */
  isEstimate: boolean;
}

export type Decision =
  /** `maxTokens`: what it turns out to have over that must be decided again, with the count. */
  | { to: "edge"; reason: RouteReason; maxTokens: number }
  | { to: "backend"; reason: RouteReason }
  | {
      to: "nobody";
      because: "no_backend" | "not_expressible" | "unavailable" | "overloaded" | "too_large";
    };

/** How far an estimate may be from a limit, as a factor, and need a count. */
const MARGIN = 1.25;

/** Decides where a request is computed, or why it is not. */
export function decideRoute(facts: RoutingFacts): Decision {
  const { requested, backend, edge, isExpressible } = facts;
  const toBackend = (reason: RouteReason): Decision =>
    backend === "ready" ? { to: "backend", reason } : { to: "nobody", because: "unavailable" };

  if (edge === "absent") {
    if (requested === "edge" || backend === "none") return { to: "nobody", because: "no_backend" };
    return isExpressible
      ? toBackend("backend_model")
      : { to: "nobody", because: "not_expressible" };
  }
  if (requested === "backend") {
    if (backend === "none") return { to: "nobody", because: "no_backend" };
    if (!isExpressible) return { to: "nobody", because: "not_expressible" };
    return mustCountFirst(facts) ? toEdgeToCount("requested") : toBackend("requested");
  }
  if (backend === "none") return wholly(facts, "no_backend");
  if (requested === "edge") return wholly(facts, "requested");
  if (!isExpressible) return wholly(facts, "edge_only_option");
  return decideBySize(facts);
}

function decideBySize(facts: RoutingFacts): Decision {
  const { backend, edge, edgeMaxTokens, edgeFallbackMaxTokens } = facts;
  if (isOver(facts, edgeMaxTokens) && !mustCountFirst(facts)) {
    if (backend === "ready") return { to: "backend", reason: "large" };
    if (edge === "full" || isOver(facts, edgeFallbackMaxTokens))
      return { to: "nobody", because: "unavailable" };
    const reason = backend === "open" ? "circuit_open" : "backend_failed";
    // Before it takes its place behind all others: whom the count refuses should not have waited for it.
    if (isNear(facts, edgeFallbackMaxTokens)) return toEdgeToCount(reason);
    return { to: "edge", reason, maxTokens: edgeFallbackMaxTokens };
  }
  if (edge === "ready") {
    const reason = backend === "failed" ? "backend_failed" : "small";
    return { to: "edge", reason, maxTokens: edgeMaxTokens };
  }
  return backend === "ready" && !facts.mustCount
    ? { to: "backend", reason: "edge_queue_full" }
    : { to: "nobody", because: "overloaded" };
}

/** At the edge, whatever its size up to the hard limit. */
function wholly({ edge, tokens, isEstimate }: RoutingFacts, reason: RouteReason): Decision {
  if (edge === "full") return { to: "nobody", because: "overloaded" };
  return !isEstimate && tokens > LIMITS.maxEdgeTokens
    ? { to: "nobody", because: "too_large" }
    : { to: "edge", reason, maxTokens: LIMITS.maxEdgeTokens };
}

/** A `maxTokens` over which every request is: it is tokenized whole, and decided again by the count. */
export const COUNT_ONLY = 0;

function toEdgeToCount(reason: RouteReason): Decision {
  return { to: "edge", reason, maxTokens: COUNT_ONLY };
}

function mustCountFirst({ mustCount, isEstimate }: RoutingFacts): boolean {
  return mustCount && isEstimate;
}

/** An estimate must be clearly over a limit to count as over it. */
function isOver({ tokens, isEstimate }: RoutingFacts, limit: number): boolean {
  return tokens > (isEstimate ? MARGIN * limit : limit);
}

/** Whether only a count can tell. */
function isNear({ tokens, isEstimate }: RoutingFacts, limit: number): boolean {
  return isEstimate && tokens > limit / MARGIN;
}

/** Characters of a token in English text: 4.5 in SQuAD's paragraphs, white space included; of Chinese text it is one. */
const CHARS_PER_TOKEN = 4.5;

/** [CLS] and two [SEP]. */
const SPECIAL_TOKENS = 3;

/**
 * Tokens of each pair, special ones included, as its characters suggest; at most the window.
 * @param window - Tokens that the model reads of a pair.
 */
export function estimateTokens(pairs: readonly TextPair[], window: number): number[] {
  return pairs.map(({ query, document }) =>
    Math.min(window, tokensOfChars(query.length + (document?.length ?? 0))),
  );
}

/** Tokens of a pair of so many characters in all, special ones included. */
export function tokensOfChars(chars: number): number {
  return SPECIAL_TOKENS + Math.ceil(chars / CHARS_PER_TOKEN);
}
