/** `/score`: Azure ML's online endpoint, and vLLM's by its body. */
import { classify } from "../classify.ts";
import { ok } from "../errors.ts";
import { DEFAULT_MODEL, findModel, servedNames } from "../models.ts";
import { azureMlErrorBody } from "../protocols/azure-ml-errors.ts";
import { queryInput } from "../protocols/azure-ml-query.ts";
import { parseAzureMl } from "../protocols/azure-ml.ts";
import { isVllmScore } from "../protocols/vllm-score.ts";
import { vllmScore } from "./predict.ts";
import { addRoute, answer, note, refuse, type App, type AppContext } from "./route.ts";

const METHODS = ["GET", "POST", "OPTIONS"];

export function addScoreRoutes(app: App): void {
  addRoute(app, METHODS, "/score", azureMlErrorBody, (c) => {
    switch (c.req.method) {
      case "OPTIONS":
        // Empty and of this type, as the inference server answers it.
        return c.html("");
      case "GET":
        return score(c, postOfQuery(c.req.raw));
      case "POST":
        return score(c, c.req.raw);
      default:
        return refuse(c, { kind: "wrong_method", allowed: METHODS.join(", ") });
    }
  });
}

async function score(c: AppContext, request: Request): Promise<Response> {
  note(c, { protocol: "azure-ml" });
  const deployment = c.env.DEPLOYMENT_NAME || DEFAULT_MODEL.name;
  const pinned = c.req.header("azureml-model-deployment") || deployment;
  const others = servedNames(c.env).filter((name) => name !== DEFAULT_MODEL.name);
  if (pinned !== deployment && !others.includes(pinned)) {
    return refuse(c, { kind: "unknown_deployment", requested: pinned, served: deployment });
  }
  c.header("azureml-model-deployment", pinned);
  return answer(
    c,
    async (body, context) => {
      const found = await findModel(pinned === deployment ? undefined : pinned, c.env);
      if (!found.ok) return found;
      const model = found.value;
      note(c, { model: model.name });
      if (isVllmScore(body)) return vllmScore(c, body, context, model);
      const startedMs = performance.now();
      const parsed = parseAzureMl(body);
      if (!parsed.ok) return parsed;
      note(c, { documents: parsed.value.pairs.length });
      const classified = await classify(parsed.value, model, context);
      if (!classified.ok) return classified;
      const headers = { "x-ms-run-fn-exec-ms": (performance.now() - startedMs).toFixed(3) };
      const { rows, ...outcome } = classified.value;
      return ok({ ...outcome, model: model.name, body: rows, headers });
    },
    request,
  );
}

/** The POST that a GET stands for, so that both pass the same checks, with the GET's key and what else its headers say. */
function postOfQuery({ url, headers, signal }: Request): Request {
  const own = new Headers(headers);
  own.set("content-type", "application/json");
  return new Request(url, {
    method: "POST",
    headers: own,
    body: JSON.stringify(queryInput(new URL(url).searchParams)),
    signal,
  });
}
