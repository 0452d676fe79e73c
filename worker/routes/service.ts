/** What the service says about itself. */
import { version } from "../../package.json";
import type { ServiceInfo } from "../../sdk/index.ts";
import { EXPOSITION_CONTENT_TYPE } from "../exposition.ts";
import { LIMITS } from "../limits.ts";
import { metricsText } from "../metrics.ts";
import { DEFAULT_MODEL, servedNames } from "../models.ts";
import { prefersHtml } from "../prefers-html.ts";
import { teiInfo } from "../protocols/tei-info.ts";
import { ownErrorBody } from "../protocols/own-errors.ts";
import { addRoute, type App } from "./route.ts";

export function addServiceRoutes(app: App): void {
  addRoute(app, "GET", "/", ownErrorBody, (c) => {
    c.header("vary", "accept", { append: true });
    return prefersHtml(c.req.header("accept")) ? c.redirect("/playground") : c.html("Healthy");
  });

  // The second is SageMaker's name.
  for (const path of ["/health", "/ping"]) {
    addRoute(app, "GET", path, ownErrorBody, (c) => c.json({ status: "ok" }));
  }

  addRoute(app, "GET", "/metrics", ownErrorBody, (c) =>
    c.body(metricsText(), 200, { "content-type": EXPOSITION_CONTENT_TYPE }),
  );

  addRoute(app, "GET", "/info", ownErrorBody, (c) => {
    const { name, manifest } = DEFAULT_MODEL;
    return c.json({
      version,
      model: name,
      models: servedNames(c.env),
      head: manifest.head.kind,
      labels: manifest.head.labels,
      maxSeqLength: manifest.architecture.maxSeqLength,
      limits: LIMITS,
      ...teiInfo(manifest),
    } satisfies ServiceInfo);
  });
}
