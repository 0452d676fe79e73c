import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { countHttpRequest } from "../metrics.ts";
import type { AppEnvironment } from "./route.ts";

/** Counts every answer by its route, never by the path that was asked for: those that have no route are `other`. */
export const countRequests: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  await next();
  const path = matchedRoutes(c).findLast((route) => !route.path.endsWith("*"))?.path;
  countHttpRequest(path ?? "other", c.res.status);
};
