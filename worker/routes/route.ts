/** What all routes share: one path with its methods, the answer to a scoring request, and the refusal of any. */
import type { Context, Handler, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ErrorBody } from "../../sdk/index.ts";
import { admit } from "../admission.ts";
import type { Work } from "../compute-logits.ts";
import { publicError, type Failure, type PublicError, type Result } from "../errors.ts";
import { MODEL } from "../model.ts";

/** What the operator sets in wrangler.toml. */
export interface Settings {
  /** Further names under which clients may ask for the model, comma-separated. Default none. */
  MODEL_ALIASES?: string;
}

export interface AppEnvironment {
  Bindings: Settings;
  Variables: { requestId: string; errorBody?: ErrorBodyFormat };
}

export type App = Hono<AppEnvironment>;

export type AppContext = Context<AppEnvironment>;

/** The body that a protocol gives an error. */
export type ErrorBodyFormat = (error: PublicError, requestId: string) => object;

/** An answer and what its headers say. */
export interface Answer extends Work {
  body: object;
}

/** One path with one method; any other is 405. HEAD is answered as GET without its body. */
export function addRoute(
  app: App,
  method: "GET" | "POST",
  path: string,
  errorBody: ErrorBodyFormat,
  handler: Handler<AppEnvironment>,
): void {
  app.use(path, (c, next) => {
    c.set("errorBody", errorBody);
    return next();
  });
  app.on(method, path, handler);
  app.all(path, (c) =>
    refuse(c, { kind: "wrong_method", allowed: method === "GET" ? "GET, HEAD" : method }),
  );
}

/** Admits a scoring request, and answers with what it came to. */
export async function answer(
  c: AppContext,
  work: (...args: Parameters<Parameters<typeof admit<Answer>>[1]>) => Promise<Result<Answer>>,
): Promise<Response> {
  const working = admit(c.req.raw, work);
  // Without this, workerd ends a request whose client hung up wherever it stands, and its ticket stays in the queue until its lease
  // is over. With it, the request learns of it at the next slice and leaves by itself.
  c.executionCtx.waitUntil(working.catch(() => undefined));
  const result = await working;
  if (!result.ok) return refuse(c, result.failure);
  const { body, tokens, cuts } = result.value;
  return c.json(body, 200, {
    "x-rerank-model": MODEL.name,
    "x-rerank-served-by": "edge",
    "x-rerank-tokens": String(tokens),
    "x-rerank-truncated": String(cuts.length),
  });
}

/** The failure as the route's protocol has it. */
export function refuse(c: AppContext, failure: Failure): Response {
  const error = publicError(failure);
  const errorBody = c.get("errorBody") ?? ownErrorBody;
  return c.json(
    errorBody(error, c.get("requestId")),
    error.status as ContentfulStatusCode,
    error.headers,
  );
}

/** The body of routes that follow no other protocol. */
export function ownErrorBody({ code, message, param }: PublicError, requestId: string): ErrorBody {
  return { code, message, ...(param !== undefined && { param }), requestId };
}
