/** `GET /swagger.json`: what `/score` takes and answers, for Azure ML's tools. */
import { version as serviceVersion } from "../../package.json";
import { DEFAULT_MODEL } from "../models.ts";
import { azureMlErrorBody } from "../protocols/azure-ml-errors.ts";
import {
  SWAGGER_VERSIONS,
  swaggerDocument,
  swaggerVersionOf,
} from "../protocols/azure-ml-swagger.ts";
import { addRoute, refuse, type App } from "./route.ts";

export function addSwaggerRoutes(app: App): void {
  addRoute(app, "GET", "/swagger.json", azureMlErrorBody, (c) => {
    const requested = c.req.query("version") ?? "2";
    const version = swaggerVersionOf(requested);
    return version === undefined
      ? refuse(c, { kind: "unknown_swagger_version", requested, supported: SWAGGER_VERSIONS })
      : c.json(swaggerDocument(version, DEFAULT_MODEL.name, serviceVersion));
  });
}
