/** From the bytes of a request to a parsed JSON value, with every limit checked before the memory it protects is taken. */
import { fail, ok, type Failure, type Overload, type Result } from "./errors.ts";
import { checkJsonShape } from "./json-shape.ts";
import { JOB_LIMITS, LIMITS } from "./limits.ts";

/** A missing content type passes; curl's default of a form, for one, does not. */
const JSON_CONTENT_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

/**
 * How far a body that is too large, or for which there is no room, is still read, to nowhere: a caller answered while it sends would see its connection reset and
 * not the answer.
 */
const LINGER_BYTES = 10 * LIMITS.maxBodyBytes;

/** Bodies of requests to score, and of those to start a job. */
type BodyLimit = "maxBodyBytes" | "maxJobBodyBytes";

const BYTES = { ...LIMITS, ...JOB_LIMITS };

/**
 * Whether a body may be read: its content type and its declared size.
 * @returns The declared bytes, 0 if none were.
 */
export function checkHeaders(headers: Headers, limit: BodyLimit = "maxBodyBytes"): Result<number> {
  const contentType = headers.get("content-type");
  if (contentType !== null && !JSON_CONTENT_TYPE.test(contentType)) {
    return fail({ kind: "wrong_content_type", actual: contentType });
  }
  const bytes = Number(headers.get("content-length")) || 0;
  return bytes > BYTES[limit] ? fail(tooLarge(limit, bytes)) : ok(bytes);
}

/**
 * The body's JSON value. Repeated keys: the last one counts. A byte order mark is skipped.
 *
 * @param hold - Asked before more of the body is kept, with the bytes it has then: what stands against it.
 */
export async function readJson(
  request: Request,
  hold: (bytes: number) => Overload | undefined,
  limit: BodyLimit = "maxBodyBytes",
): Promise<Result<unknown>> {
  const bytes = await readBytes(request, hold, limit);
  if (!bytes.ok) return bytes;
  if (bytes.value.length === 0) return fail({ kind: "empty_body" });
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes.value);
  } catch {
    return fail({ kind: "invalid_utf8" });
  }
  const misshapen = checkJsonShape(text);
  if (misshapen) return fail(misshapen);
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return fail({ kind: "invalid_json", problem: (error as SyntaxError).message });
  }
}

/** Keeps no more than the limit allows, whatever size was declared. */
async function readBytes(
  request: Request,
  hold: (bytes: number) => Overload | undefined,
  limit: BodyLimit,
): Promise<Result<Uint8Array>> {
  if (request.body === null) return ok(new Uint8Array(0));
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void reader.cancel();
  }, LIMITS.maxBodySeconds * 1_000);
  const chunks: Uint8Array[] = [];
  let length = 0;
  let full: Overload | undefined;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      length += read.value.length;
      if (length > LINGER_BYTES) return fail(tooLarge(limit, length, true));
      if (length > BYTES[limit] || full) continue;
      full = hold(length);
      if (full) chunks.length = 0;
      else chunks.push(read.value);
    }
  } catch {
    return fail({ kind: "client_gone" });
  } finally {
    clearTimeout(timer);
  }
  if (timedOut) return fail({ kind: "body_timeout" });
  if (length > BYTES[limit]) return fail(tooLarge(limit, length));
  if (full) return fail(full);
  return ok(join(chunks, length));
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function tooLarge(limit: BodyLimit, actual: number, atLeast = false): Failure {
  return {
    kind: "over_limit",
    limit,
    actual,
    ...(atLeast && { atLeast }),
    param: "body",
  };
}
