/** Whole files, from a request's body into the bucket. */
import { fail, ok, type Failure, type Result } from "../errors.ts";
import { multipartWriter } from "../jobs/multipart-writer.ts";
import { JOB_LIMITS } from "../limits.ts";
import { putWithLength } from "./put-with-length.ts";

/**
 * Streams a body into an object; one that was there stays until all of it has come.
 *
 * @param mayReplace - Else an object that is there is `file_exists`. Of a body without a declared length that is looked up only before
 * it is read and after
 * @returns `over_limit` for more than `maxFileBytes`, `invalid_upload`, `client_gone`: then nothing is left of it
 */
export async function receiveFile(
  bucket: R2Bucket,
  key: string,
  request: Request,
  mayReplace: boolean,
): Promise<Result<R2Object>> {
  const declared = request.headers.get("content-length");
  const stored =
    declared === null && request.body !== null
      ? await receiveUnknown(bucket, key, request, request.body, mayReplace)
      : await receiveKnown(bucket, key, request, Number(declared ?? 0), mayReplace);
  if (!stored.ok) return stored;
  return stored.value === null ? fail({ kind: "file_exists" }) : ok(stored.value);
}

async function receiveKnown(
  bucket: R2Bucket,
  key: string,
  request: Request,
  bytes: number,
  mayReplace: boolean,
): Promise<Result<R2Object | null>> {
  if (bytes > JOB_LIMITS.maxFileBytes) return fail(tooLarge(bytes));
  const condition = mayReplace ? {} : { onlyIf: new Headers({ "if-none-match": "*" }) };
  return putWithLength(request, bytes, (body) => bucket.put(key, body, condition));
}

async function receiveUnknown(
  bucket: R2Bucket,
  key: string,
  request: Request,
  body: ReadableStream<Uint8Array>,
  mayReplace: boolean,
): Promise<Result<R2Object | null>> {
  const writer = multipartWriter(bucket, key);
  const reader = body.getReader();
  let bytes = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      bytes += read.value.length;
      if (bytes > JOB_LIMITS.maxFileBytes) {
        await writer.abort();
        return fail(tooLarge(bytes, true));
      }
      await writer.write(read.value);
    }
    if (!mayReplace && (await bucket.head(key)) !== null) {
      await writer.abort();
      return ok(null);
    }
    await writer.close();
    return ok(await bucket.head(key));
  } catch (error) {
    // What went wrong first is the one to tell.
    await writer.abort().catch(() => undefined);
    if (request.signal.aborted) return fail({ kind: "client_gone" });
    throw error;
  }
}

function tooLarge(actual: number, atLeast = false): Failure {
  return {
    kind: "over_limit",
    limit: "maxFileBytes",
    actual,
    ...(atLeast && { atLeast }),
    param: "body",
  };
}
