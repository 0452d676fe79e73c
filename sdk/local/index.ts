/**
 * `@x/rerank-sdk/local`: the client's interface without a service. The engine computes in this process, or on a page in a Web Worker, and gives
 * the same bytes of scores as the service with the same model.
 */
export { createLocalClient, LocalRerankClient } from "./local-client.ts";
export type {
  LoadProgress,
  LocalClientOptions,
  ModelFiles,
  ModelReader,
  WorkerLike,
} from "./options.ts";
