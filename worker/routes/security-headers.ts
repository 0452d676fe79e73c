/** What every answer of the Worker tells browsers and caches. The pages' own headers are in `playground/_headers` and `api-page/_headers`. */
import type { MiddlewareHandler } from "hono";
import type { AppEnvironment } from "./route.ts";

/** Answers are data: they load nothing, run nothing and stand in no frame. */
const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const ONE_YEAR_SECONDS = 365 * 86_400;

/**
 * Adds them, errors included. No cache keeps an answer that does not say otherwise: it may depend on the caller's key, which of the
 * headers that carry one caches know only `Authorization`.
 */
export const securityHeaders: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  await next();
  const { headers } = c.res;
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  // Over plain HTTP it means nothing, and must not be sent: RFC 6797, 7.2.
  if (c.req.url.startsWith("https:"))
    headers.set("strict-transport-security", `max-age=${ONE_YEAR_SECONDS}`);
};
