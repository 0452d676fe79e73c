/** What a client and a call can be told. */
import type { LogLevel, Logger } from "./log.ts";

/**
 * What sends requests: the platform's `fetch`, or that of a service binding.
 *
 * @example
 * ```ts
 * // In a Worker: `fetch` must stay a method of its binding.
 * const client = new RerankClient({
 *   baseURL: "https://rerank",
 *   fetch: (url, init) => env.RERANK.fetch(url, init),
 * });
 * ```
 */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * A key, or what gives one for each try, such as an Azure ML or Entra token that may have to be renewed. White space around it is left out.
 *
 * @example
 * ```ts
 * const credential = new DefaultAzureCredential();
 * const apiKey: ApiKey = async () => (await credential.getToken("https://ml.azure.com/.default")).token;
 * ```
 */
export type ApiKey = string | (() => string | Promise<string>);

/** What a client is told once; all of it has a default. */
export interface ClientOptions {
  /**
   * Address of the service, or of an Azure ML endpoint, with or without its `/score` or `/jobs`. Default: the environment's
   * RERANK_BASE_URL.
   */
  baseURL?: string | undefined;
  /** Default: the environment's RERANK_API_KEY, else none. */
  apiKey?: ApiKey | undefined;
  /** Header that carries the key: "authorization" as a Bearer token, others bare. Default "authorization". */
  apiKeyHeader?: "authorization" | "api-key" | "x-api-key" | undefined;
  /**
   * Time of one try until its answer's last byte. Tries that time out are repeated, so a call may take longer: `totalTimeout` bounds it.
   * The service is told, in `x-request-timeout-ms`, and does not go on for longer; it never does for over 300,000 ms.
   * @unit milliseconds
   * @default 60_000
   */
  timeout?: number | undefined;
  /**
   * Time of a call, with all its tries and the waits between them. Default: none.
   * @unit milliseconds
   */
  totalTimeout?: number | undefined;
  /**
   * Further tries after connection errors, timeouts, 408, 409, 429 and >= 500, unless the answer's `x-should-retry` says otherwise. Waits
   * are what the answer asks for, up to a minute, else 0.5 s doubling up to 8 s, less up to a quarter by chance.
   * @default 2
   */
  maxRetries?: number | undefined;
  /** Headers of every request; a call's own come over them, and null takes one away. */
  headers?: HeaderOptions | undefined;
  /** Default: the platform's. */
  fetch?: Fetch | undefined;
  /** Called before each try; what it changes in the headers is sent. What it throws ends the call. */
  onRequest?: ((request: OutgoingRequest) => void | Promise<void>) | undefined;
  /**
   * Called with each answer, of whatever status, before its body is read; it must not read it either, but may clone it. What it throws ends
   * the call.
   */
  onResponse?: ((response: Response, request: OutgoingRequest) => void | Promise<void>) | undefined;
  /** Where the client tells what it does, without any text or key. Default: the console. */
  logger?: Logger | undefined;
  /** Default: the environment's RERANK_LOG, else "warn". */
  logLevel?: LogLevel | undefined;
}

/** Headers by name, in any case; null takes away one that would be sent else. */
export type HeaderOptions = Readonly<Record<string, string | null | undefined>>;

/** One try of a call. */
export interface OutgoingRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  headers: Headers;
  /** 0 of the first try. */
  retryCount: number;
}

/**
 * What a single call can be told; the rest is the client's.
 *
 * @example
 * ```ts
 * await client.rerank({ query, documents }, { timeout: 2_000, maxRetries: 0, signal: request.signal });
 * ```
 */
export interface RequestOptions extends Pick<
  ClientOptions,
  "timeout" | "totalTimeout" | "maxRetries" | "headers"
> {
  /** Ends the call, also between two tries: it then fails with an `AbortedError`. */
  signal?: AbortSignal | undefined;
}
