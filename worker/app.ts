/** The service: its routes, and what becomes of everything that is none. */
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { allowedHost } from "./routes/allowed-host.ts";
import { azureHeaders } from "./routes/azure-headers.ts";
import { cors } from "./routes/cors.ts";
import { countRequests } from "./routes/count-requests.ts";
import { addModelRoutes } from "./routes/models.ts";
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
app.use(countRequests);
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
  // The message may quote the request's texts, so it is not logged; the stack without it is.
  const stack = error.stack?.split("\n").filter((line) => /^\s+at /.test(line));
  console.log(
    JSON.stringify({ level: "error", requestId: c.get("requestId"), error: error.name, stack }),
  );
  return refuse(c, { kind: "internal" });
});
