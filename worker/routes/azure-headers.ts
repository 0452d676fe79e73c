/** The headers of the Azure ML inference server. @see azureml-inference-server-http 1.5.1, server/routes.py */
import type { Next } from "hono";
import { version } from "../../package.json";
import type { Failure } from "../errors.ts";
import { azureMlErrorBody } from "../protocols/azure-ml-errors.ts";
import { refuse, type AppContext } from "./route.ts";

const MAX_ID_CHARS = 100;

/**
 * Its ids, version and outcome on every answer of a route.
 *
 * An id may have any characters, but more than {@link MAX_ID_CHARS} are 431; the answer then has a new `x-request-id` for the log.
 */
export async function azureHeaders(c: AppContext, next: Next): Promise<void> {
  c.set("errorBody", azureMlErrorBody);
  c.header("x-ms-server-version", `rerank/${version}`);
  c.header("TraceId", c.req.header("TraceId"));
  const failure = echoIds(c);
  if (failure) c.res = refuse(c, failure);
  else await next();
  // The probe runs no script, so only its refusals have an outcome.
  if (c.req.path !== "/" || c.res.status >= 400) {
    c.header("x-ms-run-function-failed", c.res.status >= 500 ? "True" : "False");
  }
}

/** `x-ms-request-id` of a request is the old name of the client's id; that of an answer is never absent. */
function echoIds(c: AppContext): Failure | undefined {
  const own = c.req.header("x-request-id");
  if (own) {
    if (own.length > MAX_ID_CHARS) return tooLong("x-request-id");
    c.set("requestId", own);
    c.header("x-request-id", own);
  }
  const legacy = c.req.header("x-ms-request-id");
  const client = c.req.header("x-ms-client-request-id") || legacy;
  if ([legacy, client].some((id) => id && id.length > MAX_ID_CHARS)) {
    return tooLong("x-ms-request-id and x-ms-client-request-id");
  }
  if (client) c.header("x-ms-client-request-id", client);
  c.header("x-ms-request-id", legacy || client || c.get("requestId"));
  return undefined;
}

function tooLong(names: string): Failure {
  return { kind: "header_too_long", names, maxChars: MAX_ID_CHARS };
}
