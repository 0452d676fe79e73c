/** Streams of known length to R2, which takes no others. */
import { fail, ok, type Result } from "../errors.ts";
import { isR2Error } from "./r2-code.ts";

/**
 * Streams a request's body to where it belongs, without holding it.
 *
 * @param bytes - Declared length of the body
 * @param put - Puts a stream of that length into the bucket: all of it or nothing
 * @returns `invalid_upload` if the body has another length, `client_gone` if it breaks off
 */
export async function putWithLength<T>(
  request: Request,
  bytes: number,
  put: (body: ReadableStream | Uint8Array) => Promise<T>,
): Promise<Result<T>> {
  if (request.body === null) {
    return bytes === 0 ? ok(await put(new Uint8Array(0))) : wrongLength(bytes);
  }
  const { readable, writable } = new FixedLengthStream(bytes);
  const [sent, stored] = await Promise.allSettled([request.body.pipeTo(writable), put(readable)]);
  if (sent.status === "fulfilled" && stored.status === "fulfilled") return ok(stored.value);
  if (request.signal.aborted) return fail({ kind: "client_gone" });
  // A bucket that fails breaks the stream, too: its error is the one to tell.
  if (stored.status === "rejected" && isR2Error(stored.reason)) throw stored.reason;
  // A stream of fixed length has no other errors of its own.
  if (sent.status === "rejected" && sent.reason instanceof TypeError) return wrongLength(bytes);
  throw stored.status === "rejected" ? stored.reason : (sent as PromiseRejectedResult).reason;
}

function wrongLength(bytes: number): Result<never> {
  const problem = `the body does not have the ${bytes} bytes that Content-Length says`;
  return fail({ kind: "invalid_upload", problem });
}
