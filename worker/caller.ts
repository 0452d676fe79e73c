/** Which callers are one. */
import type { Caller } from "./auth/caller.ts";
import { sha256Hex } from "./sha256.ts";

/** Headers that may carry a caller's key. */
const KEY_HEADERS = ["authorization", "api-key", "x-api-key"] as const;

/** Where RERANK_AUTH is off, the scope of callers without a key: they are one caller. No hash is spelled like it. */
const PUBLIC_SCOPE = "public";

/** Before a caller's name in what is hashed. No header can hold its first character, so that no key passes for a name. */
const OF_NAME = "\0name:";

/** @returns The keys that a request came with, each once. An empty key is none; the same key in another header is the same. */
export function callerKeys(headers: Headers): string[] {
  const keys = KEY_HEADERS.map((name) => keyOf(headers.get(name) ?? "")).filter(Boolean);
  return [...new Set(keys)];
}

/**
 * Under which prefix a caller's objects lie in the bucket: all that tells one caller from another there.
 *
 * They belong to the key's name, so that a key can be exchanged for another. Where RERANK_AUTH is off, keys are not checked, and yet tell
 * callers apart.
 *
 * @returns 32 hexadecimal digits of the SHA-256 of the name, else of the key (of several, joined by newlines), or "public" without one. The key
 * itself is neither stored nor logged
 */
export async function scopeOf({ name }: Caller, headers: Headers): Promise<string> {
  const keys = callerKeys(headers);
  if (name === undefined && keys.length === 0) return PUBLIC_SCOPE;
  const text = name === undefined ? keys.join("\n") : OF_NAME + name;
  return (await sha256Hex(text)).slice(0, 32);
}

/** The key in a header's value. Of a scheme other than Bearer, all of the value is the key. */
function keyOf(value: string): string {
  return value.trim().replace(/^bearer(\s+|$)/i, "");
}
