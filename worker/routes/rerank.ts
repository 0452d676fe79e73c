/** Rankings: every protocol that has a query and documents. */
import { fail, ok } from "../errors.ts";
import { isServedModel, MODEL } from "../model.ts";
import { formatRerank, parseRerank, rerankErrorBody } from "../protocols/rerank.ts";
import { rerank } from "../rerank.ts";
import { addRoute, answer, type App } from "./route.ts";

export function addRerankRoutes(app: App): void {
  for (const path of ["/v1/rerank", "/v2/rerank", "/rerank"]) {
    addRoute(app, "POST", path, rerankErrorBody, (c) =>
      answer(c, async (body, turns) => {
        const parsed = parseRerank(body);
        if (!parsed.ok) return parsed;
        const { model, request } = parsed.value;
        if (!isServedModel(model, c.env.MODEL_ALIASES ?? "")) {
          return fail({ kind: "unknown_model", requested: model ?? "", served: MODEL.name });
        }
        const ranking = await rerank(request, turns);
        if (!ranking.ok) return ranking;
        return ok({
          ...ranking.value,
          body: formatRerank(parsed.value, ranking.value, c.get("requestId"), MODEL.name),
        });
      }),
    );
  }
}
