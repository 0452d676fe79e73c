/** The service: its routes, and what becomes of everything that is none. */
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { allowedHost } from "./routes/allowed-host.ts";
import { azureHeaders } from "./routes/azure-headers.ts";
import { cors } from "./routes/cors.ts";
import { framesOf, writeLog } from "./observe/log.ts";
import { addModelRoutes } from "./routes/models.ts";
import { observeRequests } from "./routes/observe-requests.ts";
import { addPredictRoutes } from "./routes/predict.ts";
import { addRerankRoutes } from "./routes/rerank.ts";
import { addFileRoutes } from "./routes/files.ts";
import { addJobRoutes } from "./routes/jobs.ts";
import { reconcileAtFirst } from "./jobs/keep-going.ts";
import { refuse, type App, type AppEnvironment } from "./routes/route.ts";
import { addScoreRoutes } from "./routes/score.ts";
import { securityHeaders } from "./routes/security-headers.ts";
import { addServiceRoutes } from "./routes/service.ts";
import { addSwaggerRoutes } from "./routes/swagger.ts";

export const app: App = new Hono<AppEnvironment>();

// An id of more than 100 characters, or of others than letters, digits, "-", "_" and "=", is replaced by a new one.
app.use(requestId({ limitLength: 100 }));
app.use(observeRequests);
app.use(securityHeaders);
app.use(cors);
app.use(allowedHost);

app.use(async (c, next) => {
  c.executionCtx.waitUntil(reconcileAtFirst(c.env));
  await next();
});

for (const path of ["/", "/score", "/swagger.json"]) app.use(path, azureHeaders);

addServiceRoutes(app);
addModelRoutes(app);
addRerankRoutes(app);
addScoreRoutes(app);
addPredictRoutes(app);
addSwaggerRoutes(app);
addFileRoutes(app);
addJobRoutes(app);

app.notFound((c) => refuse(c, { kind: "unknown_path" }));

app.onError((error, c) => {
  const isGone = c.req.raw.signal.aborted;
  const stack = framesOf(error);
  writeLog({
    level: isGone ? "info" : "error",
    event: "exception",
    requestId: c.get("requestId"),
    error: error.name,
    ...(stack && { stack }),
  });
  return refuse(c, { kind: isGone ? "client_gone" : "internal" });
});
