/** One call: its tries, the waits between them, its deadline; JSON in and JSON out. */
import type { WithResponse } from "./api-promise.ts";
import { environment } from "./environment.ts";
import { errorOf } from "./error-response.ts";
import { isRerankError, requestIdOf, rerankError } from "./errors.ts";
import { leveled, logLevelOf, redacted, type Logger } from "./log.ts";
import type {
  ApiKey,
  ClientOptions,
  HeaderOptions,
  OutgoingRequest,
  RequestOptions,
} from "./options.ts";
import { readJson } from "./read-json.ts";
import { retryDelay } from "./retry.ts";
import { pause, within } from "./within.ts";

export interface Call {
  method: OutgoingRequest["method"];
  /** Below the base address, such as `/v2/rerank`. */
  path: string;
  /** Sent as JSON. */
  body?: object | undefined;
  /** Sent as they are. */
  bytes?: Blob | undefined;
  /** What is made of the answer. Default: its JSON. */
  read?: ((response: Response) => Promise<unknown>) | undefined;
}

export class Transport {
  readonly #options: ClientOptions;
  readonly #baseURL: string;
  readonly #apiKey: ApiKey | undefined;
  readonly #log: Logger;

  /** @throws InvalidRequestError without a usable address */
  constructor(options: ClientOptions) {
    this.#options = options;
    this.#baseURL = baseAddress(options.baseURL ?? environment("RERANK_BASE_URL"));
    this.#apiKey = options.apiKey ?? environment("RERANK_API_KEY");
    this.#log = leveled(
      options.logger ?? (console as unknown as Logger),
      options.logLevel ?? logLevelOf(environment("RERANK_LOG")),
    );
  }

  /** Milliseconds of a try and of a call, which may be Infinity. */
  timeoutsOf({ timeout, totalTimeout }: RequestOptions): {
    timeout: number;
    totalTimeout: number;
  } {
    return {
      timeout: timeout ?? this.#options.timeout ?? 60_000,
      totalTimeout: totalTimeout ?? this.#options.totalTimeout ?? Infinity,
    };
  }

  /** @throws RerankError, and what the caller's own functions throw */
  async send<T>(call: Call, options: RequestOptions = {}): Promise<WithResponse<T>> {
    const { timeout, totalTimeout } = this.timeoutsOf(options);
    const endsAtMs = Date.now() + totalTimeout;
    const json = call.body && jsonOf(call.body);
    for (let retryCount = 0; ; retryCount++) {
      const leftMs = Math.max(1, endsAtMs - Date.now());
      const waitMs = Math.min(timeout, leftMs);
      try {
        return await this.#try<T>({ ...call, json }, options, retryCount, waitMs);
      } catch (error) {
        await this.waitToRetry(error, retryCount, call, options, endsAtMs);
      }
    }
  }

  /**
   * Waits before a call is made again.
   *
   * @param retryCount - Tries that were repeated until now.
   * @throws the error itself, if there may be no other try, or it would not help
   */
  async waitToRetry(
    error: unknown,
    retryCount: number,
    { method, path }: Call,
    { maxRetries = this.#options.maxRetries ?? 2, signal }: RequestOptions,
    endsAtMs: number,
  ): Promise<void> {
    if (!isRerankError(error) || !error.retryable || retryCount >= maxRetries) throw error;
    const delayMs = retryDelay(error, retryCount, Math.random());
    // A wait that nothing could follow is not waited for.
    if (Date.now() + delayMs >= endsAtMs) throw error;
    const { kind, status, requestId } = error;
    const message = `${method} ${path} failed, tried again in ${Math.round(delayMs)} ms`;
    this.#log.info(message, { kind, status, requestId });
    await pause(delayMs, signal);
  }

  #try<T>(
    { method, path, json, bytes, read = readJson }: Call & { json: string | undefined },
    options: RequestOptions,
    retryCount: number,
    waitMs: number,
  ): Promise<WithResponse<T>> {
    const { onRequest, onResponse, fetch = globalThis.fetch } = this.#options;
    return within(waitMs, options.signal, async (ended) => {
      const headers = new Headers({ accept: "application/json" });
      if (json !== undefined) headers.set("content-type", "application/json");
      headers.set("x-request-timeout-ms", String(Math.min(Math.ceil(waitMs), MAX_TOLD_MS)));
      await this.#authorize(headers);
      setHeaders(headers, this.#options.headers);
      setHeaders(headers, options.headers);
      const request: OutgoingRequest = { method, url: this.#baseURL + path, headers, retryCount };
      await onRequest?.(request);
      this.#log.debug(`${method} ${path}`, { retryCount, headers: redacted(headers) });
      const init: RequestInit = { method, headers, signal: ended };
      const body = json ?? bytes;
      if (body !== undefined) init.body = body;
      const response = await connected(() => fetch(request.url, init));
      await onResponse?.(response, request);
      const requestId = requestIdOf(response.headers);
      this.#log.debug(`${response.status} to ${method} ${path}`, { requestId });
      if (!response.ok) throw await errorOf(response);
      return { data: (await connected(() => read(response))) as T, response, requestId };
    });
  }

  async #authorize(headers: Headers): Promise<void> {
    const { apiKeyHeader = "authorization" } = this.#options;
    const key = (typeof this.#apiKey === "function" ? await this.#apiKey() : this.#apiKey)?.trim();
    if (!key) return;
    // The platform's own error would show the key.
    if (!/^[\x21-\x7e]+$/.test(key))
      throw rerankError(
        "authentication",
        "The key cannot be sent: apiKey must be printable ASCII without spaces. Is a line break in it, or more than the key?",
        { code: "invalid_key", param: "apiKey" },
      );
    headers.set(apiKeyHeader, apiKeyHeader === "authorization" ? `Bearer ${key}` : key);
  }
}

/** Of answers whose body says nothing. */
export async function noBody(response: Response): Promise<void> {
  await response.text();
}

/** The longest time that the service may be told. */
const MAX_TOLD_MS = 300_000;

/** Runs what talks to the service. @throws ConnectionError if the platform failed at it */
export async function connected<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (isRerankError(cause)) throw cause;
    throw rerankError(
      "connection",
      "The service cannot be reached, or the connection broke: check baseURL and the network.",
      { code: "connection", cause },
    );
  }
}

function baseAddress(baseURL: string | undefined): string {
  let address: URL | undefined;
  try {
    address = new URL(baseURL ?? "");
  } catch {
    // Said below; the platform's own error would show what may hold a password.
  }
  if (
    address &&
    /^https?:$/.test(address.protocol) &&
    address.origin + address.pathname === address.href
  )
    return address.href.replace(/\/+$/, "").replace(/\/(score|jobs)$/, "");
  throw rerankError(
    "invalid_request",
    "Tell the client where the service is: baseURL, or RERANK_BASE_URL in the environment, must be an address with https:// or http://, without a query and without a password.",
    { code: "no_base_url", param: "baseURL" },
  );
}

function jsonOf(body: object): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw rerankError(
      "invalid_request",
      "The request cannot be written as JSON: it must not refer to itself or hold a bigint.",
      { code: "not_json", cause },
    );
  }
}

function setHeaders(headers: Headers, options: HeaderOptions = {}): void {
  for (const [name, value] of Object.entries(options)) {
    try {
      if (value === null) headers.delete(name);
      else if (value !== undefined) headers.set(name, value);
    } catch {
      // The platform's own error would show the value.
      throw rerankError(
        "invalid_request",
        `The header ${JSON.stringify(name)} cannot be sent: its name or its value has characters that headers must not have.`,
        { code: "invalid_header", param: "headers" },
      );
    }
  }
}
