/** A file as its caller sees it. */
import { filePrefix } from "../jobs/job-keys.ts";

/** What the service says of a file. */
export interface StoredFile {
  /** May have slashes. */
  name: string;
  bytes: number;
  etag: string;
  /** ISO 8601, in UTC. */
  uploadedAt: string;
  /** What a job's body calls it. */
  uri: string;
}

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
