/**
 * Opens the stores to a test in Node: `GET /STORE/KEY` gives the score, `PUT` keeps one; under `/STORE-bytes/KEY` stand the bytes
 * themselves.
 */
import { cacheApiStore } from "../../../worker/cache/cache-api-store.ts";
import { kvStore } from "../../../worker/cache/kv-store.ts";
import type { CachedScore, ScoreStore } from "../../../worker/cache/score-cache.ts";

export default {
  async fetch(request: Request, { SCORES }: { SCORES: KVNamespace }): Promise<Response> {
    const [, name = "", key = ""] = new URL(request.url).pathname.split("/");
    const cache = await caches.open("rerank-scores");
    const address = `https://score-cache.invalid/${key}`;
    const stores: Record<string, ScoreStore> = {
      "cache-api": cacheApiStore(caches, 3_600),
      kv: kvStore(SCORES, 3_600),
    };
    const bytes: Record<string, { get(): Promise<string>; put(text: string): Promise<void> }> = {
      "cache-api-bytes": {
        get: async () => {
          const response = await cache.match(address);
          return `${JSON.stringify([...(response?.headers ?? [])])} ${await response?.text()}`;
        },
        put: (text) =>
          cache.put(address, new Response(text, { headers: { "cache-control": "max-age=3600" } })),
      },
      "kv-bytes": {
        get: async () => {
          const [listed, text] = await Promise.all([SCORES.list(), SCORES.get(key)]);
          return `${JSON.stringify(listed.keys)} ${text}`;
        },
        put: (text) => SCORES.put(key, text),
      },
    };
    if (request.method === "PUT") {
      const text = await request.text();
      await (stores[name]?.put(key, JSON.parse(text) as CachedScore) ?? bytes[name]!.put(text));
      return new Response();
    }
    if (name in bytes) return new Response(await bytes[name]!.get());
    return Response.json((await stores[name]!.get(key)) ?? null);
  },
};
