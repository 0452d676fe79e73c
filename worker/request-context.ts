import type { Caller } from "./auth/caller.ts";
import type { Deadline } from "./deadline.ts";
import { fail, ok, type Result } from "./errors.ts";
import type { TraceContext } from "./observe/trace-context.ts";
import type { CallerQuotas } from "./quotas/caller-quotas.ts";
import { ROUTES, type Route } from "./routing.ts";
import type { Settings } from "./settings.ts";
import type { Turns } from "./turns.ts";

/** What computing needs, whoever asked for it. */
export interface WorkContext {
  /** The `x-request-id`, or that of a step of a job. */
  id: string;
  /** Passed on to what is called for it. */
  trace: TraceContext;
  deadline: Deadline;
  turns: Turns;
}

/** What a scoring request carries beside its body, from admission to its answer. */
export interface RequestContext extends WorkContext {
  caller: Caller;
  headers: Headers;
  settings: Settings;
  /** Of a caller with limits. */
  quotas: CallerQuotas | null;
  /** Where it asked to be computed. */
  route: Route;
  /** Work that may go on after the answer. */
  waitUntil(work: Promise<unknown>): void;
}

/** Header that asks for the edge or the backend. */
export const ROUTE_HEADER = "x-rerank-route";

/** Where a request asks to be computed; "auto" if it does not say. */
export function routeOf(headers: Headers): Result<Route> {
  const value = headers.get(ROUTE_HEADER) || "auto";
  const route = ROUTES.find((each) => each === value.trim().toLowerCase());
  return route
    ? ok(route)
    : fail({
        kind: "invalid_value",
        param: ROUTE_HEADER,
        problem: `must be ${ROUTES.join(", ")}`,
      });
}
