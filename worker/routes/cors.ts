import type { Next } from "hono";
import type { AppContext } from "./route.ts";

/**
 * Lets pages of the origins in the setting CORS_ALLOWED_ORIGINS call a route, with GET, POST and the headers they ask for. Without
 * the setting there are no CORS headers. An OPTIONS request is answered by the route itself.
 */
export async function cors(c: AppContext, next: Next): Promise<void> {
  const origins = (c.env.CORS_ALLOWED_ORIGINS ?? "").split(",").map((origin) => origin.trim());
  const origin = c.req.header("origin");
  if (origins.some((allowed) => allowed !== "")) c.header("vary", "Origin");
  if (origin && (origins.includes(origin) || origins.includes("*"))) {
    c.header("access-control-allow-origin", origin);
    if (c.req.method === "OPTIONS") {
      c.header("access-control-allow-methods", "GET, POST");
      c.header("access-control-allow-headers", c.req.header("access-control-request-headers"));
    }
  }
  await next();
}
