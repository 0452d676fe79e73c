/** What all routes share: one path with its methods, the answer to a scoring request, and the refusal of any. */
import type { Context, Handler, Hono, MiddlewareHandler, Next } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { admit } from "../admission.ts";
import type { Caller } from "../auth/caller.ts";
import { identify } from "../auth/deployed-auth.ts";
import { accessOf } from "../auth/route-access.ts";
import { hasBackends } from "../backends/deployed-backends.ts";
import { cacheHeader } from "../cache/score-cache.ts";
import { SETTINGS } from "../deployed-settings.ts";
import type { Failure, Result } from "../errors.ts";
import { publicError, type PublicError } from "../public-error.ts";
import type { JobBindings } from "../jobs/job-bindings.ts";
import type { ModelEnvironment } from "../models.ts";
import type { RequestMethod, RequestNotes } from "../observe/request-end.ts";
import type { Outcome } from "../pair-scores.ts";
import { ownErrorBody } from "../protocols/own-errors.ts";
import { isOverAddressRate } from "../quotas/address-rate.ts";
import type { CallerQuotas } from "../quotas/caller-quotas.ts";
import { openQuotas } from "../quotas/open-quotas.ts";
import type { QuotaLedger } from "../quotas/quota-ledger.ts";
import type { RequestContext } from "../request-context.ts";
import { preflight } from "./cors.ts";
import { isCrossSite } from "./cross-site.ts";

/** What the routes themselves read of wrangler.toml; the rest is in `settings.ts`. */
export interface Bindings extends ModelEnvironment, Partial<JobBindings> {
  /** Name of the default model's deployment, which Azure ML's clients may pin with `azureml-model-deployment`. Default: the model's name. */
  DEPLOYMENT_NAME?: string;
  /** Which version of the Worker this is. */
  CF_VERSION_METADATA?: WorkerVersionMetadata;
  /** Where each request leaves a data point. Default: nowhere. */
  ANALYTICS?: AnalyticsEngineDataset;
  /** Counts what callers with limits use. Without it, they are refused. */
  QUOTAS?: DurableObjectNamespace<QuotaLedger>;
  /** How many requests an address may send to a service with keys. Default: any number. */
  ADDRESS_RATE?: RateLimit;
}

export interface AppEnvironment {
  Bindings: Bindings;
  Variables: {
    requestId: string;
    /** What is noted of the request for its end. */
    notes: RequestNotes;
    errorBody?: ErrorBodyFormat;
    errorStatus?: ErrorStatusFormat;
    /** Of a route that needs a scope. */
    caller?: Caller;
    /** Of a caller with limits. */
    quotas?: CallerQuotas;
  };
}

export type App = Hono<AppEnvironment>;

export type AppContext = Context<AppEnvironment>;

/** The body that a protocol gives an error. */
export type ErrorBodyFormat = (error: PublicError, requestId: string, failure: Failure) => object;

/** The status that a protocol gives an error, where it differs from that in the table. */
export type ErrorStatusFormat = (error: PublicError, failure: Failure) => number;

/** An answer and what its headers say. */
export interface Answer extends Outcome {
  /** Name of the model that computed. */
  model: string;
  body: object;
  /** Further headers. */
  headers?: Record<string, string>;
  /** Whether one text or pair was asked for, not in a list. Default "batch". */
  method?: RequestMethod;
}

/**
 * One path with its methods; any other is 405. HEAD reaches the handler of GET, and the answer loses its body; in a list it stands to be named as
 * allowed. Who may call it stands in `auth/route-access.ts`; who may not is refused before the body is read. OPTIONS is for everybody: a
 * browser asks it without a key.
 * @param needsSettings - Whether it refuses while the service is not set up right. Default true.
 */
export function addRoute(
  app: App,
  method: "GET" | "POST" | readonly string[],
  path: string,
  errorBody: ErrorBodyFormat,
  handler: Handler<AppEnvironment>,
  needsSettings = true,
): void {
  app.use(path, (c, next) => {
    c.set("errorBody", errorBody);
    return next();
  });
  const named = method === "GET" ? ["GET", "HEAD"] : [method].flat();
  app.use(path, preflight(named), refuseCrossSite);
  const allowed = named.join(", ");
  const methods = named.filter((each) => each !== "HEAD");
  if (needsSettings) app.on(methods, path, refuseMisconfigured);
  const access = accessOf(path);
  if (access !== "public") {
    const guarded = methods.filter((each) => each !== "OPTIONS");
    app.on(guarded, path, async (c, next) => {
      const { raw } = c.req;
      const needsKey = SETTINGS.ok && SETTINGS.value.auth.isRequired;
      if (needsKey && (await isOverAddressRate(raw.headers, c.env.ADDRESS_RATE)))
        return refuse(c, { kind: "address_rate_limited" });
      const caller = await identify(raw, access);
      if (!caller.ok) return refuse(c, caller.failure);
      c.set("caller", caller.value);
      return limitCaller(c, caller.value, next);
    });
  }
  app.on(methods, path, handler);
  app.all(path, (c) => refuse(c, { kind: "wrong_method", allowed }));
}

const refuseCrossSite: MiddlewareHandler<AppEnvironment> = async (c, next) =>
  isCrossSite(c) ? refuse(c, { kind: "cross_site" }) : next();

const refuseMisconfigured: MiddlewareHandler<AppEnvironment> = async (c, next) =>
  SETTINGS.ok ? next() : refuse(c, { kind: "misconfigured", problems: SETTINGS.problems });

/** Counts a request in that comes from a caller with limits, and tells it on every answer what is left of them. */
async function limitCaller(c: AppContext, caller: Caller, next: Next): Promise<void | Response> {
  const opened = openQuotas(caller, c.env.QUOTAS);
  if (!opened.ok) return refuse(c, opened.failure);
  const quotas = opened.value;
  if (quotas === null) return next();
  c.set("quotas", quotas);
  const entered = await quotas.enter();
  if (entered.ok) await next();
  else c.res = refuse(c, entered.failure);
  for (const [name, value] of Object.entries(quotas.headers)) c.header(name, value);
}

/** Who calls a route that needs a scope; throws on a public one. */
export function callerOf(c: AppContext): Caller {
  const caller = c.get("caller");
  if (caller === undefined) throw new Error("a public route has no caller");
  return caller;
}

/**
 * Admits a scoring request, and answers with what it came to.
 * @param request - Whose body is scored. Default: the one that came.
 */
export async function answer(
  c: AppContext,
  work: (body: unknown, context: RequestContext) => Promise<Result<Answer>>,
  request: Request = c.req.raw,
): Promise<Response> {
  if (!SETTINGS.ok) return refuse(c, { kind: "misconfigured", problems: SETTINGS.problems });
  const notes = c.get("notes");
  notes.scoring = "batch";
  const quotas = c.get("quotas") ?? null;
  const spent = quotas?.refusal();
  if (spent) return refuse(c, spent);
  const admission = {
    id: c.get("requestId"),
    quotas,
    caller: callerOf(c),
    trace: notes.trace,
    settings: SETTINGS.value,
    waitUntil: (later: Promise<unknown>) => c.executionCtx.waitUntil(later),
  };
  const working = admit(request, admission, hasBackends(), async (body, context) => {
    const result = await work(body, context);
    notes.times = await context.turns.finish();
    if (quotas) {
      const settled = result.ok
        ? quotas.settle(result.value.tokens)
        : quotas.settleFailure(result.failure);
      c.executionCtx.waitUntil(settled);
    }
    return result;
  });
  // Without this, workerd ends a request whose client hung up wherever it stands, and its ticket stays in the queue until its lease
  // is over. With it, the request learns of it at the next slice and leaves by itself.
  c.executionCtx.waitUntil(working.catch(() => undefined));
  const result = await working.catch((error: unknown) => {
    if (quotas) c.executionCtx.waitUntil(quotas.settle(0));
    throw error;
  });
  if (!result.ok) return refuse(c, result.failure);
  const { body, model, method, tokens, cuts, provenance, headers } = result.value;
  const { servedBy, reason, cache } = provenance;
  note(c, { model, outcome: { tokens, cuts, provenance }, scoring: method ?? "batch" });
  return c.json(body, 200, {
    "x-rerank-model": model,
    "x-rerank-served-by": servedBy,
    "x-rerank-route-reason": reason,
    "x-rerank-tokens": String(tokens),
    ...(cuts !== null && { "x-rerank-truncated": String(cuts) }),
    ...(cache && { "x-rerank-cache": cacheHeader(cache.hit, cache.miss) }),
    ...headers,
  });
}

/** Notes something of the request for its end. */
export function note(c: AppContext, notes: Partial<RequestNotes>): void {
  Object.assign(c.get("notes"), notes);
}

/** The failure as the route's protocol has it. */
export function refuse(c: AppContext, failure: Failure): Response {
  const error = publicError(failure);
  note(c, { code: error.code });
  const errorBody = c.get("errorBody") ?? ownErrorBody;
  const status = c.get("errorStatus")?.(error, failure) ?? error.status;
  return c.json(
    errorBody(error, c.get("requestId"), failure),
    status as ContentfulStatusCode,
    error.headers,
  );
}
