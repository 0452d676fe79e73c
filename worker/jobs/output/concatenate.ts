/**
 * Objects behind one another become one, by multipart upload in several steps.
 *
 * All pieces of an upload but the last have the same size, and the parts have any. So what is left of a step's parts after its last
 * whole piece is put aside for the next one. Nothing that a step reads is written by itself or after it: it can run again.
 */
import { cutPieces } from "./cut-pieces.ts";
import type { MergeLimits } from "./merge-limits.ts";
import { allParts, partsAfter, readPart, readParts } from "./part-objects.ts";

/** What becomes one object. */
export interface Concatenation {
  /** Of the object. */
  key: string;
  httpMetadata: R2HTTPMetadata;
  /** Of the parts. */
  prefix: string;
  /** Under which a step puts what is left for the next. */
  restPrefix: string;
  header: Uint8Array;
  footer: () => Promise<Uint8Array>;
}

export interface ConcatenateCursor {
  phase: "concatenate";
  /** Number of the next step. */
  step: number;
  /** Key of the last part that was read. */
  after: string | null;
  /** Key of what is left of the parts up to there. */
  rest: string | null;
  pieceBytes: number;
  /** Null until there is a whole piece. The ETags are of the pieces in it, in their order. */
  upload: { id: string; etags: string[] } | null;
}

/** Sees to it that the pieces are not too many: of over 44 GiB of parts they are larger than the least. */
export async function startConcatenate(
  bucket: R2Bucket,
  prefix: string,
  { minPieceBytes, maxPieces }: MergeLimits,
): Promise<ConcatenateCursor> {
  let bytes = 0;
  for await (const part of allParts(bucket, prefix)) bytes += part.bytes;
  const pieceBytes = Math.max(minPieceBytes, Math.ceil(bytes / maxPieces));
  return { phase: "concatenate", step: 0, after: null, rest: null, pieceBytes, upload: null };
}

/** Takes the next parts. @returns Null once the object is there */
export async function concatenateStep(
  bucket: R2Bucket,
  { key, httpMetadata, prefix, restPrefix, header, footer }: Concatenation,
  { step, after, rest, pieceBytes, upload }: ConcatenateCursor,
  limits: MergeLimits,
): Promise<ConcatenateCursor | null> {
  const { parts, isLast } = await partsAfter(bucket, prefix, after, limits);

  async function* chunks(): AsyncGenerator<Uint8Array> {
    if (step === 0) yield header;
    if (rest !== null) yield await readPart(bucket, rest);
    yield* readParts(bucket, parts);
    if (isLast) yield await footer();
  }

  const etags = [...(upload?.etags ?? [])];
  let open = upload && bucket.resumeMultipartUpload(key, upload.id);
  let left = new Uint8Array();
  for await (const piece of cutPieces(chunks(), pieceBytes)) {
    if (piece.length < pieceBytes && (!isLast || open === null)) {
      left = piece;
    } else {
      open ??= await bucket.createMultipartUpload(key, { httpMetadata });
      etags.push((await open.uploadPart(etags.length + 1, piece)).etag);
    }
  }

  if (!isLast) {
    const nextRest = left.length > 0 ? `${restPrefix}${step}` : null;
    if (nextRest !== null) await bucket.put(nextRest, left);
    return {
      phase: "concatenate",
      step: step + 1,
      after: parts.at(-1)!.key,
      rest: nextRest,
      pieceBytes,
      upload: open && { id: open.uploadId, etags },
    };
  }
  if (open === null) await bucket.put(key, left, { httpMetadata });
  else await open.complete(etags.map((etag, index) => ({ partNumber: index + 1, etag })));
  return null;
}
