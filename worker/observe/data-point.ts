/**
 * A request's data point for Analytics Engine, one a request. Pure.
 * @see https://developers.cloudflare.com/analytics/analytics-engine/limits/
 */
import type { RequestEnd } from "./request-end.ts";

/** `blob1`, `blob2`, ... in this order; empty where a request has none. New ones come last: queries count them. */
export const BLOBS = [
  "route",
  "protocol",
  "status",
  "code",
  "servedBy",
  "reason",
  "key",
  "model",
] as const satisfies readonly (keyof RequestEnd)[];

/** `double1`, `double2`, ... in this order; 0 where a request has none. */
export const DOUBLES = [
  "documents",
  "tokens",
  "totalMs",
  "queueMs",
  "tokenizationMs",
  "inferenceMs",
  "cacheHits",
  "cacheMisses",
] as const satisfies readonly (keyof RequestEnd)[];

/** Bytes of an index. */
const MAX_INDEX_BYTES = 96;

/** Bytes of one of our blobs, so that all of them have at most half of the 16 KB that a point may have. */
const MAX_BLOB_BYTES = 1_024;

/** The index is the key's name: where Cloudflare samples, it samples each key apart. */
export function dataPoint(end: RequestEnd): {
  indexes: [string];
  blobs: string[];
  doubles: number[];
} {
  return {
    indexes: [cut(end.key ?? "", MAX_INDEX_BYTES)],
    blobs: BLOBS.map((name) => cut(String(end[name] ?? ""), MAX_BLOB_BYTES)),
    doubles: DOUBLES.map((name) => end[name] ?? 0),
  };
}

/** The longest beginning of a text that has so many bytes and ends with a whole character. */
function cut(text: string, maxBytes: number): string {
  // A character of UTF-16 has at most three bytes.
  if (3 * text.length <= maxBytes) return text;
  const bytes = new Uint8Array(maxBytes);
  return text.slice(0, new TextEncoder().encodeInto(text, bytes).read);
}
