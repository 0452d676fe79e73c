/** `@x/rerank-sdk`: a client of the rerank service, and of Azure ML endpoints that score texts. */
export type { ApiPromise, WithResponse } from "./api-promise.ts";
export type * from "./azure-ml.ts";
export { RerankClient } from "./client.ts";
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
export type { LogLevel, Logger } from "./log.ts";
export type {
  ApiKey,
  ClientOptions,
  Fetch,
  HeaderOptions,
  OutgoingRequest,
  RequestOptions,
} from "./options.ts";
export type * from "./rerank.ts";
export type * from "./wire.ts";
