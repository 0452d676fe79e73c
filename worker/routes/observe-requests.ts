import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { countBegin, countEnd } from "../metrics.ts";
import { dataPoint } from "../observe/data-point.ts";
import { writeLog } from "../observe/log.ts";
import { endOf, levelOf, type RequestNotes } from "../observe/request-end.ts";
import { traceOf } from "../observe/trace-context.ts";
import type { AppContext, AppEnvironment } from "./route.ts";

/** Tells of every request how it ended: in the log, in the metrics, and in Analytics Engine if it is bound. */
export const observeRequests: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  const startedAtMs = Date.now();
  const notes: RequestNotes = { trace: traceOf(c.req.raw.headers) };
  c.set("notes", notes);
  countBegin(startedAtMs);
  const { promise: told, resolve } = Promise.withResolvers<void>();
  // Without this, workerd ends a request whose client hung up wherever it stands, and nothing is told of it.
  c.executionCtx.waitUntil(told);
  try {
    await next();
  } finally {
    tell(c, notes, Date.now() - startedAtMs);
    resolve();
  }
};

function tell(c: AppContext, notes: RequestNotes, totalMs: number): void {
  const { status } = c.res;
  const key = c.get("caller")?.name;
  const frame = {
    requestId: c.get("requestId"),
    route: routeOf(c),
    method: c.req.method,
    status,
    totalMs,
  };
  const { scoring, ...end } = endOf({ ...frame, ...(key !== undefined && { key }) }, notes);
  countEnd({ ...end, ...(scoring && { scoring }) });
  writeLog({ level: levelOf(status), event: "request", ...end });
  c.env.ANALYTICS?.writeDataPoint(dataPoint(end));
}

/** The pattern, without what a parameter must look like. */
function routeOf(c: AppContext): string {
  const route = matchedRoutes(c).findLast(({ path }) => !path.endsWith("*"));
  return route?.path.replace(/\{.*\}/, "") ?? "other";
}
