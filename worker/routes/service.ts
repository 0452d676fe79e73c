/** What the service says about itself. */
import type { Handler } from "hono";
import { version } from "../../package.json";
import type { ServiceInfo } from "../../sdk/index.ts";
import { backendOf } from "../backends/deployed-backends.ts";
import { SETTINGS } from "../deployed-settings.ts";
import { EXPOSITION_CONTENT_TYPE } from "../exposition.ts";
import { JOB_LIMITS, LIMITS } from "../limits.ts";
import { isolateGauges } from "../isolate-gauges.ts";
import { metricsText } from "../metrics.ts";
import { bundledNames, DEFAULT_MODEL, servedNames } from "../models.ts";
import { prefersHtml } from "../prefers-html.ts";
import { teiInfo } from "../protocols/tei-info.ts";
import { ownErrorBody } from "../protocols/own-errors.ts";
import { isRanker } from "../ranker.ts";
import { routingInfo } from "../routing-info.ts";
import { readyVerdict } from "../ready.ts";
import { addRoute, refuse, type App, type AppEnvironment } from "./route.ts";

/** Also while the service is not set up right. */
function addAlways(app: App, path: string, handler: Handler<AppEnvironment>): void {
  addRoute(app, "GET", path, ownErrorBody, handler, false);
}

export function addServiceRoutes(app: App): void {
  addAlways(app, "/", (c) => {
    c.header("vary", "accept", { append: true });
    return prefersHtml(c.req.header("accept")) ? c.redirect("/playground") : c.html("Healthy");
  });

  // The second is SageMaker's name.
  for (const path of ["/health", "/ping"]) {
    addAlways(app, path, (c) => c.json({ status: "ok" }));
  }

  addAlways(app, "/ready", async (c) => {
    const checking = readyVerdict();
    // So that a check whose client hung up is still made, and once.
    c.executionCtx.waitUntil(checking.catch(() => undefined));
    const failed = await checking;
    c.header("cache-control", "no-store");
    if (failed !== null) return refuse(c, { kind: "not_ready", check: failed });
    const { name, manifest } = DEFAULT_MODEL;
    return c.json({
      status: "ready",
      model: name,
      model_sha: manifest.weights.sha256,
      version,
      deployment: c.env.CF_VERSION_METADATA?.id ?? null,
    });
  });

  // Without settings nobody could be asked for a key.
  addRoute(app, "GET", "/metrics", ownErrorBody, (c) =>
    c.body(metricsText(isolateGauges()), 200, { "content-type": EXPOSITION_CONTENT_TYPE }),
  );

  addAlways(app, "/info", (c) => {
    const { name, manifest } = DEFAULT_MODEL;
    // A classifier is never asked of a backend.
    const deployed = isRanker(manifest.head) ? backendOf(DEFAULT_MODEL) : null;
    return c.json({
      version,
      model: name,
      // A wrong setting MODELS has no names.
      models: SETTINGS.ok ? servedNames(c.env) : bundledNames(),
      head: manifest.head.kind,
      labels: manifest.head.labels,
      maxSeqLength: manifest.architecture.maxSeqLength,
      limits: LIMITS,
      jobLimits: JOB_LIMITS,
      routing: routingInfo(
        SETTINGS,
        deployed && { backend: deployed.backend, circuit: deployed.breaker.state },
      ),
      ...teiInfo(manifest),
    } satisfies ServiceInfo);
  });
}
