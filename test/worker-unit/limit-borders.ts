/** Which test shows of each limit that as much as the limit is taken and no more: a file of `test/`, and a title in it. */
import type { JobLimitName, LimitName } from "../../worker/limits.ts";

const HTTP = "worker/limits.test.ts";
const JOBS = "worker-unit/job-limits.test.ts";
const ROOM = "worker-unit/queue-room.test.ts";
const PARQUET = "jobs/input/parquet-limits.test.ts";

export const BORDERS: Readonly<Record<LimitName | JobLimitName, readonly [string, string]>> = {
  maxBodyBytes: [HTTP, "maxBodyBytes"],
  // A body that takes 30 seconds: with a clock of its own.
  maxBodySeconds: ["worker-unit/body.test.ts", "is given up after maxBodySeconds"],
  maxJsonDepth: [HTTP, "maxJsonDepth"],
  maxJsonValues: [HTTP, "maxJsonValues"],
  maxDocuments: [HTTP, "maxDocuments"],
  maxPublishableDocuments: ["worker/keys.test.ts", "%s takes maxPublishableDocuments and no more"],
  maxQueryChars: [HTTP, "maxQueryChars"],
  maxDocumentChars: [HTTP, "maxDocumentChars"],
  maxTotalChars: [HTTP, "maxTotalChars"],
  maxEdgeTokens: [HTTP, "maxEdgeTokens"],
  // Over HTTP, how many are open at once is a matter of time.
  maxQueuedRequests: [ROOM, "at maxQueuedRequests that wait, until one leaves"],
  maxQueuedSeconds: [ROOM, "if more than maxQueuedSeconds of work is before them"],
  maxOpenRequests: [ROOM, "at maxOpenRequests, those that are read included"],
  maxQueuedBytes: [ROOM, "at maxQueuedBytes"],

  maxJobBodyBytes: [HTTP, "maxJobBodyBytes"],
  maxIdempotencyKeyChars: [HTTP, "maxIdempotencyKeyChars"],
  // 5 GiB: by the size that a request declares.
  maxFileBytes: ["worker-unit/files/receive-file.test.ts", "maxFileBytes and no more is asked"],
  maxFileNameBytes: [HTTP, "maxFileNameBytes"],
  maxJobFiles: [JOBS, "maxJobFiles: a folder of"],
  maxUnpackedBytes: [JOBS, "maxUnpackedBytes, of 1,000,000"],
  maxUnpackedRatio: [JOBS, "maxUnpackedRatio: what just fits is taken"],
  maxRowBytes: [JOBS, "maxRowBytes, of 100"],
  maxHeaderBytes: [JOBS, "maxHeaderBytes: a header of"],
  maxShardRows: [JOBS, "maxShardRows: %i rows are one"],
  maxShardBytes: [JOBS, "maxShardBytes: %i bytes are one"],
  maxRunFileBytes: [JOBS, "maxRunFileBytes: one of"],
  maxRunQueries: [JOBS, "maxRunQueries: one of"],
  maxRunDepth: [JOBS, "maxRunDepth: a query of"],
  maxRunBytes: [JOBS, "maxRunBytes, of 440"],
  maxQueriesBytes: [JOBS, "maxQueriesBytes: queries of"],
  maxParquetPageBytes: [PARQUET, "maxParquetPageBytes: a footer of"],
  maxParquetSchemaBytes: [PARQUET, "maxParquetSchemaBytes: a schema of"],
  maxOpenJobs: [HTTP, "as many as the limit may be open, and not one more"],
};
