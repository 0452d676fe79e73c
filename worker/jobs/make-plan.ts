/** What a job's plan comes to: who scores, side by side how often; or why there is nothing to score. */
import { backendOf } from "../backends/deployed-backends.ts";
import { SETTINGS } from "../deployed-settings.ts";
import { headOf } from "../label-pairs.ts";
import { findModel, type ServedModel } from "../models.ts";
import { isRanker } from "../ranker.ts";
import { decideRoute, tokensOfChars, type Route } from "../routing.ts";
import type { JobBindings } from "./job-bindings.ts";
import { partKey } from "./job-keys.ts";
import { jobErrorOf, type JobPlan, type JobRecord } from "./job-record.ts";
import type { Stop } from "./job-store.ts";
import { overThreshold } from "./lane.ts";
import { partsOf } from "./output/parts.ts";
import { readPlanCursor } from "./plan-job.ts";
import { readPrepared } from "./prepare-inputs.ts";
import type { RowProblem } from "./rows.ts";

/** Shards that a lane has with the backend at a time. At the edge more than one would only wait for one another. */
const BACKEND_CONCURRENCY = 2;

/** Place before all shards among the parts of `errors.jsonl`. */
const FILES_PART = -1;

/** @param inputs - How many there are. */
export async function makePlan(
  env: JobBindings,
  record: JobRecord,
  inputs: number,
): Promise<JobPlan | Stop> {
  const bucket = env.JOB_BUCKET;
  const { request } = record;
  const { rows, shards, bytes, failedFiles } = await readPlanCursor(bucket, record);
  const problems = await problemsOf(bucket, record, inputs);
  const { errors } = partsOf([], problems, { tag: record.name });
  if (errors) await bucket.put(partKey(record, "errors", FILES_PART), errors);
  if (failedFiles > 0) {
    if (failedFiles === inputs) {
      const { code, file, reason } = problems[0]!;
      const others = inputs === 1 ? "" : ` None of the ${inputs} files could be read.`;
      return { as: "Failed", error: { code, message: `${file}: ${reason}${others}` } };
    }
    if (request.errorThreshold >= 0 && failedFiles > request.errorThreshold)
      return overThreshold(failedFiles, request.errorThreshold);
  }
  const model = await findModel(record.model, env);
  if (!model.ok) return { as: "Failed", error: jobErrorOf(model.failure) };
  const route = routeOf(model.value, request.route, rows * tokensOfChars(rows && bytes / rows));
  if (route === null) {
    const message = `The job asks for the route ${request.route}, and the model is not served there.`;
    return { as: "Failed", error: { code: "no_such_route", message } };
  }
  return {
    rows,
    shards,
    lanes: Math.max(1, Math.min(request.instanceCount, shards)),
    concurrency: route === "edge" ? 1 : (request.maxConcurrency ?? BACKEND_CONCURRENCY),
    route,
    failedFiles,
  };
}

async function problemsOf(
  bucket: R2Bucket,
  record: JobRecord,
  inputs: number,
): Promise<RowProblem[]> {
  const problems: RowProblem[] = [];
  for (let input = 0; input < inputs; input++) {
    const prepared = await readPrepared(bucket, record, input);
    problems.push(...(prepared.ok ? (prepared.problems ?? []) : [prepared.problem]));
  }
  return problems;
}

/** The rule for requests, with the job as one of them; null if nobody can. A backend that fails just now is waited for. */
function routeOf(model: ServedModel, requested: Route, tokens: number): "edge" | "backend" | null {
  if (!SETTINGS.ok) throw new Error("the service is not set up right");
  if (model.kind === "edge" && !isRanker(headOf(model)))
    return requested === "backend" ? null : "edge";
  const decision = decideRoute({
    ...SETTINGS.value.routing,
    requested,
    backend: backendOf(model) ? "ready" : "none",
    edge: model.kind === "edge" ? "ready" : "absent",
    isExpressible: true,
    mustCount: false,
    tokens,
    isEstimate: true,
  });
  return decision.to === "nobody" ? null : decision.to;
}
