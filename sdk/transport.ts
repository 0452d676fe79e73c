/** One call: its tries, the waits between them, its deadline; JSON in and JSON out. */
import type { WithResponse } from "./api-promise.ts";
import { environment } from "./environment.ts";
import { isRerankError, kindOf, rerankError, type RerankError } from "./errors.ts";
import { leveled, logLevelOf, redacted, type Logger } from "./log.ts";
import type { ClientOptions, HeaderOptions, OutgoingRequest, RequestOptions } from "./options.ts";
import { retryAfterOf, retryDelay, shouldRetry } from "./retry.ts";

export interface Call {
  method: OutgoingRequest["method"];
  /** Below the base address, such as `/v2/rerank`. */
  path: string;
  /** Sent as JSON, or as it is with a content type of its own. */
  body?: object | undefined;
  /** What is made of the answer. Default: its JSON. */
  read?: ((response: Response) => Promise<unknown>) | undefined;
}

export class Transport {
  readonly #options: ClientOptions;
  readonly #baseURL: string;
  readonly #log: Logger;

  constructor(options: ClientOptions) {
    const baseURL = options.baseURL ?? environment("RERANK_BASE_URL");
    if (!baseURL || !/^https?:\/\//.test(baseURL))
      throw rerankError(
        "invalid_request",
        "Tell the client where the service is: baseURL, or RERANK_BASE_URL in the environment, must be an address with https:// or http://.",
        { code: "no_base_url", param: "baseURL" },
      );
    this.#options = options;
    this.#baseURL = baseURL.replace(/\/+$/, "").replace(/\/score$/, "");
    this.#log = leveled(
      options.logger ?? (console as unknown as Logger),
      options.logLevel ?? logLevelOf(environment("RERANK_LOG")),
    );
  }

  /** @throws RerankError */
  async send<T>(call: Call, options: RequestOptions = {}): Promise<WithResponse<T>> {
    const { maxRetries = 2, totalTimeout } = { ...this.#options, ...defined(options) };
    const endsAtMs = totalTimeout === undefined ? Infinity : Date.now() + totalTimeout;
    for (let retryCount = 0; ; retryCount++) {
      try {
        return await this.#try<T>(call, options, retryCount, endsAtMs);
      } catch (error) {
        if (!isRerankError(error)) throw error;
        if (retryCount >= maxRetries || !shouldRetry(error)) throw error;
        const waitMs = retryDelay(error, retryCount, Math.random());
        // A wait that nothing could follow is not waited for.
        if (Date.now() + waitMs >= endsAtMs) throw error;
        this.#log.info(
          `${call.method} ${call.path} failed, tried again in ${Math.round(waitMs)} ms`,
          {
            kind: error.kind,
            status: error.status,
            requestId: error.requestId,
          },
        );
        await pause(waitMs, options.signal);
      }
    }
  }

  async #try<T>(
    { method, path, body, read = readJson }: Call,
    options: RequestOptions,
    retryCount: number,
    endsAtMs: number,
  ): Promise<WithResponse<T>> {
    const {
      timeout = 60_000,
      headers,
      onRequest,
      onResponse,
      fetch = globalThis.fetch,
    } = {
      ...this.#options,
      ...defined(options),
    };
    const { signal } = options;
    const remainingMs = endsAtMs - Date.now();
    const waitMs = Math.max(1, Math.min(timeout, remainingMs));
    const request: OutgoingRequest = {
      method,
      url: this.#baseURL + path,
      headers: new Headers({ accept: "application/json" }),
      retryCount,
    };
    const ending = new AbortController();
    const end = (): void => ending.abort();
    if (signal?.aborted) throw aborted(signal);
    signal?.addEventListener("abort", end);
    const timer = setTimeout(end, waitMs);
    try {
      const json = body === undefined ? undefined : JSON.stringify(body);
      if (json !== undefined) request.headers.set("content-type", "application/json");
      request.headers.set("x-request-timeout-ms", String(Math.ceil(waitMs)));
      await this.#authorize(request.headers);
      setHeaders(request.headers, this.#options.headers);
      if (headers !== this.#options.headers) setHeaders(request.headers, headers);
      await onRequest?.(request);
      this.#log.debug(`${method} ${path}`, { retryCount, headers: redacted(request.headers) });
      const init = { method, headers: request.headers, signal: ending.signal };
      const response = await fetch(
        request.url,
        json === undefined ? init : { ...init, body: json },
      );
      await onResponse?.(response, request);
      const requestId = response.headers.get("x-request-id") ?? undefined;
      this.#log.debug(`${response.status} to ${method} ${path}`, { requestId });
      if (!response.ok) throw await errorOf(response);
      return { data: (await read(response)) as T, response, requestId };
    } catch (error) {
      if (signal?.aborted) throw aborted(signal);
      if (isRerankError(error)) throw error;
      if (ending.signal.aborted)
        throw rerankError(
          "timeout",
          `There was no answer within ${Math.ceil(waitMs)} ms: raise timeout or totalTimeout, or send fewer documents.`,
          { code: "timeout", cause: error },
        );
      // Errors of the platform's fetch are TypeErrors; others come from the caller's own functions.
      if (!(error instanceof TypeError)) throw error;
      throw rerankError(
        "connection",
        `The service at ${new URL(request.url).origin} cannot be reached: check baseURL and the network.`,
        { code: "connection", cause: error },
      );
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    }
  }

  async #authorize(headers: Headers): Promise<void> {
    const { apiKey = environment("RERANK_API_KEY"), apiKeyHeader = "authorization" } =
      this.#options;
    const key = typeof apiKey === "function" ? await apiKey() : apiKey;
    if (key) headers.set(apiKeyHeader, apiKeyHeader === "authorization" ? `Bearer ${key}` : key);
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    const value: unknown = JSON.parse(text);
    // A scoring script of Azure ML that returns json.dumps(...) answers a string that holds JSON.
    return typeof value === "string" ? JSON.parse(value) : value;
  } catch (cause) {
    throw rerankError(
      "server",
      "The answer is not JSON: is baseURL the address of a rerank service?",
      {
        status: response.status,
        code: "invalid_response",
        requestId: response.headers.get("x-request-id") ?? undefined,
        headers: response.headers,
        cause,
      },
    );
  }
}

/** The error that an answer stands for: of every protocol's body, the sentence and what else it has. */
async function errorOf(response: Response): Promise<RerankError> {
  const { headers } = response;
  const inner = Number(headers.get("ms-azureml-model-error-statuscode"));
  const status = response.status === 424 && inner >= 400 ? inner : response.status;
  const body = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  const error = typeof body?.["error"] === "object" && body["error"] ? body["error"] : body;
  const { message, detail, code, param } = (error ?? {}) as Record<string, unknown>;
  const sentence = [message, detail, body?.["error"]].find((each) => typeof each === "string");
  return rerankError(kindOf(status), `${status}: ${sentence ?? "the service gave no reason."}`, {
    status,
    code: typeof code === "string" ? code : undefined,
    param: typeof param === "string" ? param : undefined,
    requestId: headers.get("x-request-id") ?? undefined,
    retryAfterMs: retryAfterOf(headers, Date.now()),
    headers,
  });
}

function setHeaders(headers: Headers, options: HeaderOptions = {}): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === null) headers.delete(name);
    else if (value !== undefined) headers.set(name, value);
  }
}

function aborted(signal: AbortSignal): RerankError {
  return rerankError("aborted", "The call was ended by its signal.", {
    code: "aborted",
    cause: signal.reason,
  });
}

/** Rejects as soon as the signal is aborted. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(aborted(signal));
      else resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}

function defined<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}
