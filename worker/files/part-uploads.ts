/** Files that are uploaded in parts, so that a connection that breaks costs one part. R2 ends an upload itself after seven days. */
import { readJson } from "../body.ts";
import { fail, ok, type Result } from "../errors.ts";
import { JOB_LIMITS } from "../limits.ts";
import { MAX_PARTS, PART_BYTES, parsePartList, type UploadedPart } from "./part-list.ts";
import { putWithLength } from "./put-with-length.ts";
import { r2Code } from "./r2-code.ts";

/** An upload that has begun. */
export interface PartUpload {
  uploadId: string;
  partBytes: number;
}

export async function beginUpload(bucket: R2Bucket, key: string): Promise<PartUpload> {
  const { uploadId } = await bucket.createMultipartUpload(key);
  return { uploadId, partBytes: PART_BYTES };
}

/** Streams a request's body into a part. A part that is sent again replaces the one before. */
export async function putPart(
  bucket: R2Bucket,
  key: string,
  uploadId: string,
  partNumber: string,
  request: Request,
): Promise<Result<UploadedPart>> {
  const number = /^\d{1,5}$/.test(partNumber) ? Number(partNumber) : 0;
  if (number < 1 || number > 10_000) {
    const problem = "must be a number from 1 to 10000";
    return fail({ kind: "invalid_value", param: "partNumber", problem });
  }
  const declared = request.headers.get("content-length");
  if (declared === null) return fail({ kind: "length_required" });
  const bytes = Number(declared);
  if (bytes > PART_BYTES || bytes === 0) {
    const problem = `a part has 1 to ${PART_BYTES} bytes, and this one has ${bytes}`;
    return fail({ kind: "invalid_upload", problem });
  }
  const total = (number - 1) * PART_BYTES + bytes;
  if (total > JOB_LIMITS.maxFileBytes) {
    return fail({
      kind: "over_limit",
      limit: "maxFileBytes",
      actual: total,
      atLeast: true,
      param: "partNumber",
    });
  }
  const upload = bucket.resumeMultipartUpload(key, uploadId);
  return asResult(upload, () =>
    putWithLength(request, bytes, (body) => upload.uploadPart(number, body)),
  );
}

/** Makes the parts that the request's body lists a file; parts that it does not list are lost. */
export async function completeUpload(
  bucket: R2Bucket,
  key: string,
  uploadId: string,
  request: Request,
): Promise<Result<R2Object>> {
  const body = await readJson(request, () => undefined, "maxJobBodyBytes");
  if (!body.ok) return body;
  const parts = parsePartList(body.value);
  if (!parts.ok) return parts;
  const upload = bucket.resumeMultipartUpload(key, uploadId);
  return asResult(upload, async () => ok(await upload.complete(parts.value)));
}

export async function abortUpload(
  bucket: R2Bucket,
  key: string,
  uploadId: string,
): Promise<Result<void>> {
  const upload = bucket.resumeMultipartUpload(key, uploadId);
  return asResult(upload, async () => ok(await upload.abort()));
}

/** What R2 has against an upload, as a failure; anything else that goes wrong is thrown. */
async function asResult<T>(
  upload: R2MultipartUpload,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    switch (r2Code(error)) {
      case "no_such_upload":
        return fail({ kind: "unknown_upload" });
      case "invalid_part": {
        const problem = "a part that the body lists is not there, or has another etag";
        return fail({ kind: "invalid_upload", problem });
      }
      case "wrong_size": {
        const problem = `every part but the last must have ${PART_BYTES} bytes`;
        return fail({ kind: "invalid_upload", problem });
      }
      case "internal":
        if (await isUnknown(upload)) return fail({ kind: "unknown_upload" });
    }
    throw error;
  }
}

/**
 * Whether there is no such upload. To complete or abort one that there never was, R2 calls an internal error, as it does its own
 * troubles; to put a part of it does not. The part is one that no file has.
 */
async function isUnknown(upload: R2MultipartUpload): Promise<boolean> {
  try {
    await upload.uploadPart(MAX_PARTS + 1, "");
    return false;
  } catch (error) {
    return r2Code(error) === "no_such_upload";
  }
}
