import { decodeScore, encodeScore, type ScoreStore } from "./score-cache.ts";

/** Apart from what the zone caches. */
const CACHE_NAME = "rerank-scores";

/** A host that nobody can ask for from outside. */
const ADDRESS = "https://score-cache.invalid/";

/**
 * Scores in Cloudflare's Cache API: free, in the data centre that computed them and in no other, and without effect on `workers.dev`,
 * where everything is a miss. Each call is one of the subrequests that the plan allows a request.
 *
 * @param storage - The platform's `caches`.
 * @param ttlSeconds - How long a score is kept at most; at least 1.
 * @see https://developers.cloudflare.com/workers/runtime-apis/cache/
 */
export function cacheApiStore(storage: CacheStorage, ttlSeconds: number): ScoreStore {
  return {
    async get(key) {
      const cache = await storage.open(CACHE_NAME);
      const response = await cache.match(ADDRESS + key);
      return response && decodeScore(await response.text());
    },
    async put(key, score) {
      const cache = await storage.open(CACHE_NAME);
      const headers = {
        "content-type": "application/json",
        "cache-control": `max-age=${ttlSeconds}`,
      };
      await cache.put(ADDRESS + key, new Response(encodeScore(score), { headers }));
    },
  };
}
