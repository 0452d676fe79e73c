/** A result as it is downloaded. */
import { parseRange } from "./byte-range.ts";
import { allowsRange, namesTag } from "./entity-tags.ts";

/**
 * Answers with an object of the bucket, streamed: whole, or the one range that is asked for.
 *
 * @param headers - Of the request: `Range`, `If-Range` and `If-None-Match` count.
 * @param headOnly - For a HEAD: no body, and no range.
 * @returns 200, 206, 304 or 416; null if there is no such object
 */
export async function readResult(
  bucket: R2Bucket,
  key: string,
  headers: Headers,
  { headOnly = false }: { headOnly?: boolean } = {},
): Promise<Response | null> {
  const found = await bucket.head(key);
  if (found === null) return null;
  const { httpEtag: etag, size } = found;
  const described = {
    etag,
    "accept-ranges": "bytes",
    // A compressed answer would lose its length, and its ETag the strength that a range needs to go on.
    "cache-control": "private, no-cache, no-transform",
  };
  if (namesTag(headers.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers: described });

  const isRanged = !headOnly && allowsRange(headers.get("if-range"), etag);
  const range = isRanged ? parseRange(headers.get("range"), size) : null;
  if (range === "unsatisfiable")
    return new Response(null, {
      status: 416,
      headers: { ...described, "content-range": `bytes */${size}` },
    });

  const { offset, length } = range ?? { offset: 0, length: size };
  const sent = {
    ...described,
    "content-type": found.httpMetadata?.contentType ?? "application/octet-stream",
    "content-disposition": `attachment; filename="${key.slice(key.lastIndexOf("/") + 1)}"`,
    "content-length": String(length),
    ...(range && { "content-range": `bytes ${offset}-${offset + length - 1}/${size}` }),
  };
  if (headOnly) return new Response(null, { headers: sent });
  const object = await bucket.get(key, {
    ...(range && { range }),
    onlyIf: { etagMatches: found.etag },
  });
  if (object === null || !("body" in object)) return null;
  return new Response(object.body, { status: range ? 206 : 200, headers: sent });
}
