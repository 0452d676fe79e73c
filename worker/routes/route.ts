/** What all routes share: one path with its methods, the answer to a scoring request, and the refusal of any. */
import type { Context, Handler, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { admit } from "../admission.ts";
import type { Work } from "../compute-logits.ts";
import { publicError, type Failure, type PublicError, type Result } from "../errors.ts";
import { countFailure, countSuccess, type RequestMethod } from "../metrics.ts";
import { MODEL } from "../model.ts";
import { ownErrorBody } from "../protocols/own-errors.ts";

/** What the operator sets in wrangler.toml. */
export interface Settings {
  /** Further names under which clients may ask for the model, comma-separated. Default none. */
  MODEL_ALIASES?: string;
  /** Name of the deployment that Azure ML's clients may pin with `azureml-model-deployment`. Default: the model's name. */
  DEPLOYMENT_NAME?: string;
  /** Origins whose pages may call Azure ML's routes, comma-separated; "*" is all. Default none: no CORS headers. */
  CORS_ALLOWED_ORIGINS?: string;
}

export interface AppEnvironment {
  Bindings: Settings;
  Variables: { requestId: string; errorBody?: ErrorBodyFormat; errorStatus?: ErrorStatusFormat };
}

export type App = Hono<AppEnvironment>;

export type AppContext = Context<AppEnvironment>;

/** The body that a protocol gives an error. */
export type ErrorBodyFormat = (error: PublicError, requestId: string, failure: Failure) => object;

/** The status that a protocol gives an error, where it differs from that in the table. */
export type ErrorStatusFormat = (error: PublicError, failure: Failure) => number;

/** An answer and what its headers say. */
export interface Answer extends Work {
  body: object;
  /** Further headers. */
  headers?: Record<string, string>;
  /** Whether one text or pair was asked for, not in a list. Default "batch". */
  method?: RequestMethod;
}

/** One path with its methods; any other is 405. HEAD reaches the handler of GET, and the answer loses its body. */
export function addRoute(
  app: App,
  method: "GET" | "POST" | readonly string[],
  path: string,
  errorBody: ErrorBodyFormat,
  handler: Handler<AppEnvironment>,
): void {
  app.use(path, (c, next) => {
    c.set("errorBody", errorBody);
    return next();
  });
  const methods = typeof method === "string" ? [method] : [...method];
  const allowed = method === "GET" ? "GET, HEAD" : methods.join(", ");
  app.on(methods, path, handler);
  app.all(path, (c) => refuse(c, { kind: "wrong_method", allowed }));
}

/**
 * Admits a scoring request, and answers with what it came to.
 * @param request - Whose body is scored. Default: the one that came.
 */
export async function answer(
  c: AppContext,
  work: (...args: Parameters<Parameters<typeof admit<Answer>>[1]>) => Promise<Result<Answer>>,
  request: Request = c.req.raw,
): Promise<Response> {
  const working = admit<Answer>(request, async (body, turns) => {
    const result = await work(body, turns);
    if (result.ok) {
      countSuccess(result.value.method ?? "batch", result.value, await turns.finish());
    }
    return result;
  });
  // Without this, workerd ends a request whose client hung up wherever it stands, and its ticket stays in the queue until its lease
  // is over. With it, the request learns of it at the next slice and leaves by itself.
  c.executionCtx.waitUntil(working.catch(() => undefined));
  const result = await working.catch((error: unknown) => {
    countFailure("internal");
    throw error;
  });
  if (!result.ok) {
    countFailure(publicError(result.failure).code);
    return refuse(c, result.failure);
  }
  const { body, tokens, cuts, headers } = result.value;
  return c.json(body, 200, {
    "x-rerank-model": MODEL.name,
    "x-rerank-served-by": "edge",
    "x-rerank-tokens": String(tokens),
    "x-rerank-truncated": String(cuts.length),
    ...headers,
  });
}

/** The failure as the route's protocol has it. */
export function refuse(c: AppContext, failure: Failure): Response {
  const error = publicError(failure);
  const errorBody = c.get("errorBody") ?? ownErrorBody;
  const status = c.get("errorStatus")?.(error, failure) ?? error.status;
  return c.json(
    errorBody(error, c.get("requestId"), failure),
    status as ContentfulStatusCode,
    error.headers,
  );
}
