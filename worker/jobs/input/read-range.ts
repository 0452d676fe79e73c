/** The one version of an object that a job reads: never another that was written under its key meanwhile. */
import type { InputFile } from "../source.ts";
import { unreadable, type Unreadable } from "./file-problem.ts";

export type FileVersion = Pick<InputFile, "name" | "key" | "etag">;

/** The bytes [offset, offset + length) of an object, which must have them. A failing bucket throws. */
export async function readRange(
  bucket: R2Bucket,
  version: FileVersion,
  offset: number,
  length: number,
): Promise<{ ok: true; bytes: Uint8Array } | Unreadable> {
  const opened = await openVersion(bucket, version, { offset, length });
  if (!opened.ok) return opened;
  return { ok: true, bytes: new Uint8Array(await new Response(opened.body).arrayBuffer()) };
}

/** `input_gone` if there is no such object any more, `input_changed` if it is another version. A failing bucket throws. */
export async function openVersion(
  bucket: R2Bucket,
  { name, key, etag }: FileVersion,
  range?: R2Range,
): Promise<{ ok: true; body: ReadableStream<Uint8Array> } | Unreadable> {
  const object = await bucket.get(key, { onlyIf: { etagMatches: etag }, ...(range && { range }) });
  if (object === null) {
    return unreadable(name, "input_gone", "The file was deleted after the job began.");
  }
  if (!("body" in object)) {
    return unreadable(name, "input_changed", "The file was replaced after the job began.");
  }
  return { ok: true, body: object.body };
}
