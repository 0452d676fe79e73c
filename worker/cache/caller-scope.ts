import type { Caller } from "../auth/caller.ts";
import { callerKeys } from "../caller.ts";

/**
 * Who may share cached scores: text that is equal for two requests only if their callers and their `cache_scope` are, so that no caller
 * learns from an answer's speed or its `x-rerank-cache` what another has asked.
 *
 * A caller is who has a key's name. Where RERANK_AUTH is off, it is who has the same keys, and callers without one are one caller; the text
 * then holds the keys as they are. Its one use is inside the hash of {@link scoreKeys}; it is neither stored nor logged.
 *
 * What tells callers apart otherwise (a cookie, a client's certificate, an address) does not
 * count, and `cache_scope` is the caller's own word: it separates the tenants of one key, not callers who distrust one another.
 *
 * @param headers - The request's. An empty key counts as none; the same key in another header is the same caller.
 * @param scope - The request's `cache_scope`; undefined is a scope of its own, also beside "".
 */
export function callerScope({ name }: Caller, headers: Headers, scope: string | undefined): string {
  // JSON: no two lists have the same text, since it escapes quotes and lone surrogates.
  return JSON.stringify([name ?? callerKeys(headers), scope ?? null]);
}
