import { pipeline, Readable } from "node:stream";
// A DecompressionStream refuses files of several members, as bgzip and `cat a.gz b.gz` make them.
import { createGunzip } from "node:zlib";
import { JOB_LIMITS } from "../../limits.ts";
import { multipartWriter } from "../multipart-writer.ts";
import type { InputFile } from "../source.ts";
import { unreadable, type Unreadable } from "./file-problem.ts";
import { openVersion } from "./read-range.ts";

export type UnpackLimits = Record<"maxUnpackedBytes" | "maxUnpackedRatio", number>;

/** A small file may well be one line again and again. Bytes. */
const UNCHECKED_BYTES = 10 * 1024 * 1024;

const CHUNK_BYTES = 256 * 1024;

/**
 * Unpacks a gzip file, of one member or of several, to an object of its own. Holds some MB; on a failure nothing is left.
 *
 * Problems: `corrupt_gzip`, `zip_bomb`, `over_limit`, `empty_file`, `input_changed`, `input_gone`.
 */
export async function unpackGzip(
  bucket: R2Bucket,
  file: InputFile,
  unpackedKey: string,
  limits: UnpackLimits = JOB_LIMITS,
): Promise<{ ok: true; value: InputFile } | Unreadable> {
  const opened = await openVersion(bucket, file);
  if (!opened.ok) return opened;
  const writer = multipartWriter(bucket, unpackedKey);
  let bytes = 0;
  try {
    for await (const chunk of gunzip(opened.body)) {
      bytes += chunk.length;
      const problem = checkSize(file, bytes, limits);
      if (problem) {
        await writer.abort();
        return problem;
      }
      await writer.write(chunk);
    }
  } catch (error) {
    await writer.abort().catch(() => undefined);
    if (isGzipError(error)) return corrupt(file, bytes);
    throw error;
  }
  if (bytes === 0) return unreadable(file.name, "empty_file", "The file unpacks to nothing.");
  const { etag } = await writer.close();
  return { ok: true, value: { name: file.name, key: unpackedKey, bytes, etag } };
}

function gunzip(packed: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const unpacking = createGunzip({ chunkSize: CHUNK_BYTES });
  // Who iterates over the bytes meets the error, too.
  pipeline(Readable.from(packed), unpacking, () => {});
  return unpacking;
}

function checkSize(
  { name, bytes: packed }: InputFile,
  bytes: number,
  { maxUnpackedBytes, maxUnpackedRatio }: UnpackLimits,
): Unreadable | undefined {
  if (bytes > maxUnpackedBytes) {
    const reason = `The file is over the limit maxUnpackedBytes of ${maxUnpackedBytes}: it unpacks to at least ${bytes}.`;
    return unreadable(name, "over_limit", reason);
  }
  if (bytes > UNCHECKED_BYTES && bytes > packed * maxUnpackedRatio) {
    const reason = `The file's ${packed} bytes unpack to at least ${bytes}, over ${maxUnpackedRatio} times as many (maxUnpackedRatio).`;
    return unreadable(name, "zip_bomb", reason);
  }
  return undefined;
}

function corrupt({ name }: InputFile, bytes: number): Unreadable {
  const reason = `The file is cut short or is not gzip throughout: it can be unpacked for about ${bytes} bytes.`;
  return unreadable(name, "corrupt_gzip", reason);
}

/** zlib's codes are `Z_DATA_ERROR`, `Z_BUF_ERROR` and the like. */
function isGzipError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}
