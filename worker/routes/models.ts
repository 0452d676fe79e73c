/** The lists of models that clients ask for before they offer a choice. */
import { queuedRequests } from "../admission.ts";
import { MODEL } from "../model.ts";
import { infinityModels, openAiModels, type ListedModel } from "../protocols/openai-models.ts";
import { ownErrorBody } from "../protocols/own-errors.ts";
import { addRoute, type App, type AppContext } from "./route.ts";

export function addModelRoutes(app: App): void {
  for (const path of ["/v1/models", "/models"]) {
    addRoute(app, "GET", path, ownErrorBody, (c) => c.json(openAiModels(listed(c))));
  }
  addRoute(app, "GET", "/infinity/models", ownErrorBody, (c) =>
    c.json(infinityModels(listed(c), MODEL.head, queuedRequests())),
  );
}

function listed({ env }: AppContext): ListedModel {
  return {
    name: MODEL.name,
    aliases: env.MODEL_ALIASES ?? "",
    created: Math.floor(Date.now() / 1_000),
  };
}
