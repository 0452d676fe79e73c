/** `@x/rerank-sdk`: a client of the rerank service, and of Azure ML endpoints that score texts. */
export type { ApiPromise, Identified, WithResponse } from "./api-promise.ts";
export {
  isAzureMlLabelRow,
  type AzureMlColumns,
  type AzureMlLabelParameters,
  type AzureMlPipelineParameters,
  type AzureMlRequest,
  type AzureMlRequestA,
  type AzureMlRequestB,
  type AzureMlRequestC,
  type AzureMlRows,
  type AzureMlSplitFrame,
} from "./azure-ml.ts";
export { RerankClient, type ScoreOptions } from "./client.ts";
export {
  AbortedError,
  AuthenticationError,
  ConnectionError,
  InvalidRequestError,
  isRerankError,
  OverloadedError,
  RerankError,
  ServerError,
  TimeoutError,
  type RerankErrorFacts,
  type RerankErrorKind,
} from "./errors.ts";
export type * from "./file-types.ts";
export type { Files, ListFilesOptions, UploadOptions, UploadState } from "./files.ts";
export type * from "./job-types.ts";
export {
  jobStatus,
  type CreateJobOptions,
  type JobDownloadOptions,
  type JobResultsOptions,
  type Jobs,
  type WaitForJobOptions,
} from "./jobs.ts";
export type { LogLevel, Logger } from "./log.ts";
export type {
  ApiKey,
  ClientOptions,
  Fetch,
  HeaderOptions,
  OutgoingRequest,
  RequestOptions,
} from "./options.ts";
export type {
  RerankManyCall,
  RerankManyOptions,
  RerankManyResponse,
  RerankPart,
  RerankProgress,
} from "./rerank-many.ts";
export type {
  RerankQueriesParams,
  RerankQueriesResponse,
  UnrankedQueriesResponse,
} from "./rerank-queries.ts";
export type {
  Documents,
  FailOpen,
  RankedDocument,
  RerankOptions,
  RerankParams,
  RerankResponse,
  TextDocument,
  TextOf,
  UnrankedResponse,
} from "./rerank.ts";
export type * from "./wire.ts";
