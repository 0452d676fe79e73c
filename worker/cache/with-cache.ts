/** Scores from the cache where it has them, computed where it does not. */
import { env } from "cloudflare:workers";
import type { TextPair } from "../encode-pairs.ts";
import { ok, type Result } from "../errors.ts";
import type { FitOptions } from "../../engine/fit-pair.ts";
import type { PairScore, Provenance } from "../pair-scores.ts";
import type { RequestContext } from "../request-context.ts";
import type { CacheSettings } from "../settings.ts";
import { cacheApiStore } from "./cache-api-store.ts";
import { callerScope } from "./caller-scope.ts";
import { kvStore } from "./kv-store.ts";
import { keep, lookUp, type CachedScore, type ScoreStore } from "./score-cache.ts";
import { scoreKeys } from "./score-keys.ts";

export interface CacheableRequest {
  pairs: readonly TextPair[];
  fit: FitOptions;
  /** Who scores: scores of different scorers never meet in one answer. */
  scorer: string;
  /** As {@link callerScope} has it. */
  cacheScope: string | undefined;
}

/** Scores of pairs, and the tokens that were read for them. */
export interface ComputedScores {
  scores: PairScore[];
  tokens: number;
}

export type CachedOrComputed = ComputedScores & Pick<Provenance, "cache">;

/**
 * One score a pair, in the request's order.
 *
 * @param compute - Scores the pairs that were not found: at least one, with their places in the request. What it computes is kept after the
 *   answer.
 */
export async function withCache(
  { pairs, fit, scorer, cacheScope }: CacheableRequest,
  context: RequestContext,
  compute: (
    pairs: readonly TextPair[],
    indices: readonly number[],
  ) => Promise<Result<ComputedScores>>,
): Promise<Result<CachedOrComputed>> {
  const store = storeOf(context.settings.cache);
  // A score of several windows has a place in its document, which the cache does not keep.
  if (store === null || fit.longDocuments === "max_window") {
    const computed = await compute(pairs, [...pairs.keys()]);
    return computed.ok ? ok({ ...computed.value, cache: null }) : computed;
  }
  const scope = callerScope(context.caller, context.headers, cacheScope);
  const keys = await scoreKeys({ scorer, scope, fit, pairs });
  const scores = (await lookUp(store, keys, context.deadline.signal)).map(pairScoreOf);
  const missing = [...pairs.keys()].filter((index) => scores[index] === undefined);
  const cache = { hit: pairs.length - missing.length, miss: missing.length };
  const found = scores.reduce((sum, score) => sum + (score?.reading?.tokens ?? 0), 0);
  if (missing.length === 0) return ok({ scores: scores as PairScore[], tokens: found, cache });
  const computed = await compute(
    missing.map((index) => pairs[index]!),
    missing,
  );
  if (!computed.ok) return computed;
  for (const [place, index] of missing.entries()) scores[index] = computed.value.scores[place]!;
  context.waitUntil(
    keep(
      store,
      missing.map((index) => [keys[index]!, scores[index]!] as const),
    ),
  );
  return ok({ scores: scores as PairScore[], tokens: found + computed.value.tokens, cache });
}

/** Where its window is in the document, nobody asks of it. */
function pairScoreOf(cached: CachedScore | undefined): PairScore | undefined {
  return (
    cached && {
      logit: cached.logit,
      reading: cached.reading && { ...cached.reading, start: 0, end: 0 },
    }
  );
}

function storeOf({ store, ttlSeconds }: CacheSettings): ScoreStore | null {
  switch (store) {
    case "off":
      return null;
    case "cache":
      return cacheApiStore(caches, ttlSeconds);
    case "kv":
      return kvStore(
        (env as unknown as { SCORE_CACHE_KV: KVNamespace }).SCORE_CACHE_KV,
        ttlSeconds,
      );
  }
}
