import { decodeScore, encodeScore, type ScoreStore } from "./score-cache.ts";

/** The shortest time that KV keeps anything, in seconds. */
export const MIN_KV_TTL_SECONDS = 60;

/**
 * Scores in Workers KV: shared by all data centres and on `workers.dev`, too, but each read and write costs money. A data centre
 * that has just missed a key may go on missing it for a minute after it was written. Each call is one of the 1,000 that a request
 * may make, reads and writes together, so that a request of more than 500 pairs may not be able to keep all that it computed.
 *
 * @param ttlSeconds - How long a score is kept; at least {@link MIN_KV_TTL_SECONDS}.
 * @throws RangeError if it is less, since KV would refuse every write
 * @see https://developers.cloudflare.com/kv/api/write-key-value-pairs/, https://developers.cloudflare.com/kv/platform/limits/
 */
export function kvStore(namespace: KVNamespace, ttlSeconds: number): ScoreStore {
  if (!(ttlSeconds >= MIN_KV_TTL_SECONDS))
    throw new RangeError(`${ttlSeconds} s is less than KV's ${MIN_KV_TTL_SECONDS} s`);
  return {
    async get(key) {
      const text = await namespace.get(key);
      return text === null ? undefined : decodeScore(text);
    },
    put: (key, score) => namespace.put(key, encodeScore(score), { expirationTtl: ttlSeconds }),
  };
}
