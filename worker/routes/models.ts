/** The lists of models that clients ask for before they offer a choice. */
import { queuedRequests } from "../admission.ts";
import { DEFAULT_MODEL, defaultAliases, findModel, servedNames } from "../models.ts";
import {
  infinityModels,
  openAiModels,
  type ListedHead,
  type ListedModel,
} from "../protocols/openai-models.ts";
import { ownErrorBody } from "../protocols/own-errors.ts";
import { addRoute, type App, type Bindings } from "./route.ts";

export function addModelRoutes(app: App): void {
  for (const path of ["/v1/models", "/models"]) {
    addRoute(app, "GET", path, ownErrorBody, (c) => c.json(openAiModels(listed(c.env), now())));
  }
  addRoute(app, "GET", "/infinity/models", ownErrorBody, async (c) => {
    const models = listed(c.env).map(async (model) => ({
      ...model,
      ...(await headOf(model.name, c.env)),
    }));
    return c.json(infinityModels(await Promise.all(models), now(), queuedRequests()));
  });
}

function listed(env: Bindings): ListedModel[] {
  return servedNames(env).map((name) => ({
    name,
    aliases: name === DEFAULT_MODEL.name ? defaultAliases(env) : [],
  }));
}

async function headOf(name: string, env: Bindings): Promise<ListedHead> {
  const found = await findModel(name, env);
  if (!found.ok) return { head: null, backend: "wasm" };
  return found.value.kind === "edge"
    ? { head: found.value.manifest.head, backend: "wasm" }
    : { head: null, backend: "upstream" };
}

/** Seconds since 1970. */
function now(): number {
  return Math.floor(Date.now() / 1_000);
}
