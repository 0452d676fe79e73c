/** Files of a service, as JSON has them. */

/** A file that a job may read. */
export interface StoredFile {
  /** May have slashes. */
  name: string;
  bytes: number;
  etag: string;
  /** ISO 8601, in UTC. */
  uploadedAt: string;
  /** What a job's body calls it, such as `files/pairs.csv`. */
  uri: string;
}

/** Answer of `GET /files`. */
export interface FilePage {
  value: StoredFile[];
  /** Path of the next page; absent on the last one. */
  nextLink?: string | null;
  /** Where the files lie, for what speaks to the bucket itself. */
  bucket?: string;
  prefix?: string;
}
