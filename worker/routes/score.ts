/** `POST /score`: Azure ML's online endpoint. */
import { classify } from "../classify.ts";
import { ok } from "../errors.ts";
import { azureMlErrorBody, parseAzureMl } from "../protocols/azure-ml.ts";
import { addRoute, answer, type App } from "./route.ts";

export function addScoreRoutes(app: App): void {
  addRoute(app, "POST", "/score", azureMlErrorBody, (c) =>
    answer(c, async (body, turns) => {
      const parsed = parseAzureMl(body);
      if (!parsed.ok) return parsed;
      const classified = await classify(parsed.value, turns);
      return classified.ok ? ok({ ...classified.value, body: classified.value.rows }) : classified;
    }),
  );
}
