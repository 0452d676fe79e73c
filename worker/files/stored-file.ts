/** A file as its caller sees it. */
import type { StoredFile } from "../../sdk/index.ts";
import { filePrefix } from "../jobs/job-keys.ts";

/** @param object - Of this scope */
export function describeFile(object: R2Object, scope: string): StoredFile {
  const name = object.key.slice(filePrefix(scope).length);
  return {
    name,
    bytes: object.size,
    etag: object.etag,
    uploadedAt: object.uploaded.toISOString(),
    uri: `files/${name}`,
  };
}
