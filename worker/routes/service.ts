/** What the service says about itself. */
import { version } from "../../package.json";
import type { ServiceInfo } from "../../sdk/index.ts";
import { LIMITS } from "../limits.ts";
import { MODEL } from "../model.ts";
import { addRoute, ownErrorBody, type App } from "./route.ts";

export function addServiceRoutes(app: App): void {
  addRoute(app, "GET", "/", ownErrorBody, (c) => c.html("Healthy"));

  addRoute(app, "GET", "/health", ownErrorBody, (c) => c.json({ status: "ok" }));

  addRoute(app, "GET", "/info", ownErrorBody, (c) =>
    c.json({
      version,
      model: MODEL.name,
      head: MODEL.head.kind,
      labels: MODEL.head.labels,
      maxSeqLength: MODEL.architecture.maxSeqLength,
      limits: LIMITS,
    } satisfies ServiceInfo),
  );
}
