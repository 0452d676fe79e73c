/** ETags in the conditions of a request: RFC 9110, 8.8.3, 13.1.2 and 13.1.5. */

const ENTITY_TAG = /(?:W\/)?("[^"]*")/g;

/** Whether an `If-None-Match` names an object's ETag, weakly or not. @param etag - In quotes. */
export function namesTag(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return Array.from(ifNoneMatch.matchAll(ENTITY_TAG), ([, opaque]) => opaque).includes(etag);
}

/** Whether an `If-Range` lets a range be answered. A date never does: results have none. @param etag - In quotes, strong. */
export function allowsRange(ifRange: string | null, etag: string): boolean {
  return ifRange === null || ifRange.trim() === etag;
}
