/**
 * Lets pages of the origins in the setting CORS_ALLOWED_ORIGINS call the service. Never with credentials: a page sends its key itself.
 * Without the setting there are no CORS headers.
 *
 * It is not Hono's, which would answer every OPTIONS, and those of `/score` with 204, where Azure ML's server says 200.
 */
import type { MiddlewareHandler } from "hono";
import { isAllowedOrigin } from "../allowed-origins.ts";
import { SETTINGS } from "../deployed-settings.ts";
import type { AppEnvironment } from "./route.ts";

/** Headers that a page may send, beside those that need no leave. */
export const REQUEST_HEADERS: readonly string[] = [
  "api-key",
  "authorization",
  "azureml-model-deployment",
  "content-type",
  "idempotency-key",
  "if-match",
  "if-none-match",
  "if-range",
  "last-event-id",
  "range",
  "traceid",
  "traceparent",
  "tracestate",
  "x-api-key",
  "x-ms-client-request-id",
  "x-ms-request-id",
  "x-request-id",
  "x-request-timeout-ms",
  "x-rerank-route",
  // What Cohere's and Pinecone's clients say of themselves.
  "x-client-name",
  "x-fern-language",
  "x-fern-runtime",
  "x-fern-runtime-version",
  "x-fern-sdk-name",
  "x-fern-sdk-version",
  "x-pinecone-api-version",
];

/** Headers that a page may read, beside those that it always may. */
export const ANSWER_HEADERS: readonly string[] = [
  "accept-ranges",
  "allow",
  "azureml-model-deployment",
  "content-disposition",
  "content-range",
  "etag",
  "location",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
  "traceid",
  "traceparent",
  "www-authenticate",
  "x-compute-characters",
  "x-compute-time",
  "x-compute-tokens",
  "x-compute-type",
  "x-inference-time",
  "x-ms-client-request-id",
  "x-ms-request-id",
  "x-ms-run-fn-exec-ms",
  "x-ms-run-function-failed",
  "x-ms-server-version",
  "x-queue-time",
  "x-request-id",
  "x-rerank-cache",
  "x-rerank-model",
  "x-rerank-reranked",
  "x-rerank-route-reason",
  "x-rerank-served-by",
  "x-rerank-tokens",
  "x-rerank-truncated",
  "x-should-retry",
  "x-tokenization-time",
  "x-total-time",
];

/** How long a browser may remember the answer to a preflight: what Firefox keeps it at most; Chrome keeps it two hours. */
const PREFLIGHT_SECONDS = 86_400;

/** The origins whose pages may call; none while the settings are wrong. */
export function allowedOrigins(): readonly string[] {
  return SETTINGS.ok ? SETTINGS.value.allowedOrigins : [];
}

/** Lets an allowed page read the answer, an error too: else its program would not learn the status. */
export const cors: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  await next();
  const allowed = allowedOrigins();
  if (allowed.length === 0) return;
  const { headers } = c.res;
  headers.append("vary", "Origin");
  const origin = c.req.header("origin");
  if (!isAllowedOrigin(allowed, origin)) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", ANSWER_HEADERS.join(", "));
};

/**
 * Answers the question of an allowed page whether it may call this route, before anything asks for a key: a preflight has none. It is
 * answered as Azure ML's server does, with 200 and nothing.
 * @param methods - Of the route.
 */
export function preflight(methods: readonly string[]): MiddlewareHandler<AppEnvironment> {
  const allowedMethods = methods.filter((method) => method !== "OPTIONS").join(", ");
  return async (c, next) => {
    const isPreflight = c.req.method === "OPTIONS" && c.req.header("access-control-request-method");
    if (!isPreflight || !isAllowedOrigin(allowedOrigins(), c.req.header("origin"))) return next();
    const requested = (c.req.header("access-control-request-headers") ?? "").split(",");
    const headers = requested.map((name) => name.trim());
    c.header("access-control-allow-methods", allowedMethods);
    c.header(
      "access-control-allow-headers",
      headers.filter((name) => REQUEST_HEADERS.includes(name.toLowerCase())).join(", "),
    );
    c.header("access-control-max-age", String(PREFLIGHT_SECONDS));
    return c.html("");
  };
}
