/** `@x/rerank-sdk/hono`: a middleware that hands a client to the routes below it. */
import type { MiddlewareHandler } from "hono";
import { RerankClient } from "./client.ts";
import { environment } from "./environment.ts";
import { rerankError } from "./errors.ts";
import type { ClientOptions } from "./options.ts";

/** What {@link rerank} adds to a context, for `new Hono<{ Variables: RerankVariables }>()` where types do not follow by themselves. */
export interface RerankVariables {
  rerank: RerankClient;
}

/** Names in `c.env`, and options of the client; `baseURL` and `apiKey` among them come before what the environment says. */
export interface RerankMiddlewareOptions extends ClientOptions {
  /** Service binding to the rerank service. It is called if it is there, in place of any address. Default "RERANK". */
  binding?: string | undefined;
  /** Variable that has the service's address. Default "RERANK_BASE_URL". */
  baseURLVariable?: string | undefined;
  /** Secret that has the key. Default "RERANK_API_KEY". */
  apiKeySecret?: string | undefined;
}

type Environment = Readonly<Record<string, unknown>>;

interface Service {
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/** What a client is made from. */
interface Source {
  service: Service | undefined;
  baseURL: string | undefined;
  apiKey: ClientOptions["apiKey"];
}

/** A binding goes to one service whatever the address, but a request must have one; to this name every service answers. */
const BINDING_URL = "https://localhost";

/**
 * Puts a client into `c.var.rerank`, the same for all requests of an isolate while the environment stays the same.
 *
 * @example
 * ```ts
 * const app = new Hono<{ Bindings: Env }>().use(rerank()).post("/search", async (c) => {
 *   const { query, hits } = await c.req.json();
 *   const { signal } = c.req.raw;
 *   return c.json(await c.var.rerank.rerank({ query, documents: hits, topN: 5 }, { signal }));
 * });
 * ```
 *
 * A request fails with an InvalidRequestError if there is neither a binding nor an address.
 */
export function rerank(
  options: RerankMiddlewareOptions = {},
): MiddlewareHandler<{ Variables: RerankVariables }> {
  let last: (Source & { client: RerankClient }) | undefined;
  return async (c, next) => {
    const source = sourceOf((c.env ?? {}) as Environment, options);
    if (last === undefined || !isSame(last, source))
      last = { ...source, client: clientOf(source, options) };
    c.set("rerank", last.client);
    await next();
  };
}

function sourceOf(env: Environment, options: RerankMiddlewareOptions): Source {
  const { binding = "RERANK", baseURLVariable, apiKeySecret, baseURL, apiKey } = options;
  const variable = (name: string): string | undefined => {
    const value = env[name];
    return typeof value === "string" && value !== "" ? value : environment(name);
  };
  return {
    service: isService(env[binding]) ? env[binding] : undefined,
    baseURL: baseURL ?? variable(baseURLVariable ?? "RERANK_BASE_URL"),
    apiKey: apiKey ?? variable(apiKeySecret ?? "RERANK_API_KEY"),
  };
}

function isSame(one: Source, other: Source): boolean {
  return (
    one.service === other.service && one.baseURL === other.baseURL && one.apiKey === other.apiKey
  );
}

function clientOf({ service, baseURL, apiKey }: Source, options: RerankMiddlewareOptions) {
  if (service !== undefined) {
    const fetch: Service["fetch"] = (url, init) => service.fetch(url, init);
    return new RerankClient({ ...options, baseURL: BINDING_URL, apiKey, fetch });
  }
  if (baseURL !== undefined) return new RerankClient({ ...options, baseURL, apiKey });
  const { binding = "RERANK", baseURLVariable = "RERANK_BASE_URL" } = options;
  throw rerankError(
    "invalid_request",
    `There is neither a service binding ${binding} nor an address in ${baseURLVariable}: add one of them to the Worker's configuration.`,
    { code: "no_base_url", param: "baseURL" },
  );
}

function isService(value: unknown): value is Service {
  return typeof (value as Partial<Service> | undefined)?.fetch === "function";
}
