/** Batch scoring: Azure ML's batch endpoint, its jobs, and their results. */
import type { Context } from "hono";
import type { Caller } from "../auth/caller.ts";
import { scopeOf } from "../caller.ts";
import { checkHeaders, readJson } from "../body.ts";
import { SETTINGS } from "../deployed-settings.ts";
import { fail, ok, type Failure, type Result } from "../errors.ts";
import { deleteJob } from "../jobs/delete-job.ts";
import { RESULT_FILES, resultKey, type JobAddress, type ResultFormat } from "../jobs/job-keys.ts";
import { jobEnvelope } from "../jobs/job-envelope.ts";
import { jobEvents } from "../jobs/job-events.ts";
import { isJobName } from "../jobs/job-name.ts";
import { hasEnded, type JobRecord } from "../jobs/job-record.ts";
import { parseJobRequest } from "../jobs/job-request.ts";
import { listRecords, readRecord, requestStop } from "../jobs/job-store.ts";
import type { JobBindings } from "../jobs/job-bindings.ts";
import { isSetUp, reconcileSometimes } from "../jobs/keep-going.ts";
import { observeJob } from "../jobs/observe-job.ts";
import { readResult } from "../jobs/output/results.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { ownErrorBody } from "../protocols/own-errors.ts";
import { sha256Hex } from "../sha256.ts";
import { JOB_LIMITS } from "../limits.ts";
import { DEFAULT_MODEL, servedNames } from "../models.ts";
import type { JobBudget } from "../quotas/shard-budget.ts";
import {
  addRoute,
  callerOf,
  note,
  refuse,
  type App,
  type AppContext,
  type AppEnvironment,
} from "./route.ts";

export function addJobRoutes(app: App): void {
  app.use("/jobs", keepGoing);
  app.use("/jobs/*", keepGoing);
  addJobRoute(app, ["GET", "HEAD", "POST"], "/jobs", (c, bindings, scope) =>
    c.req.method === "POST" ? submit(c, bindings, scope) : list(c, bindings, scope),
  );
  addNamedRoute(app, ["GET", "HEAD", "DELETE"], "/jobs/:name", (c, bindings, job) =>
    c.req.method === "DELETE" ? remove(c, bindings, job) : show(c, bindings, job),
  );
  addNamedRoute(app, ["POST"], "/jobs/:name/cancel", cancel);
  addNamedRoute(app, ["GET", "HEAD"], "/jobs/:name/results", results);
  addNamedRoute(app, ["GET", "HEAD"], "/jobs/:name/events", events);
}

/** What routes hand to jobs, once it is known that there can be any. */
type JobHandler = (c: AppContext, bindings: JobBindings, scope: string) => Promise<Response>;

function addJobRoute(
  app: App,
  methods: readonly string[],
  path: string,
  handler: JobHandler,
): void {
  addRoute(app, methods, path, ownErrorBody, async (c: Context<AppEnvironment>) => {
    if (!isSetUp(c.env)) return refuse(c, { kind: "jobs_not_set_up" });
    return handler(c, c.env, await scopeOf(callerOf(c), c.req.raw.headers));
  });
}

function addNamedRoute(
  app: App,
  methods: readonly string[],
  path: string,
  handler: (c: AppContext, bindings: JobBindings, job: JobAddress) => Promise<Response>,
): void {
  addJobRoute(app, methods, path, async (c, bindings, scope) => {
    const name = c.req.param("name") ?? "";
    return isJobName(name)
      ? handler(c, bindings, { scope, name })
      : refuse(c, { kind: "unknown_job" });
  });
}

async function keepGoing(c: AppContext, next: () => Promise<void>): Promise<void> {
  c.executionCtx.waitUntil(reconcileSometimes(c.env));
  await next();
}

async function submit(c: AppContext, env: JobBindings, scope: string): Promise<Response> {
  const spent = c.get("quotas")?.refusal();
  if (spent) return refuse(c, spent);
  const key = c.req.header("idempotency-key");
  const { maxIdempotencyKeyChars: maxChars } = JOB_LIMITS;
  if (key !== undefined && key.length > maxChars)
    return refuse(c, { kind: "header_too_long", names: "idempotency-key", maxChars });
  const declared = checkHeaders(c.req.raw.headers, "maxJobBodyBytes");
  if (!declared.ok) return refuse(c, declared.failure);
  const body = await readJson(c.req.raw, () => undefined, "maxJobBodyBytes");
  if (!body.ok) return refuse(c, body.failure);
  const request = parseJobRequest(body.value);
  if (!request.ok) return refuse(c, request.failure);
  const deployed = deployedModel(c);
  if (!deployed.ok) return refuse(c, deployed.failure);
  const model = request.value.model ?? deployed.value;
  const submitted = await submitJob(env, {
    scope,
    request: { ...request.value, model },
    budget: budgetOf(callerOf(c)),
    bodyHash: await sha256Hex(JSON.stringify([body.value, deployed.value ?? null])),
    keyHash: key ? await sha256Hex(key) : null,
    bucketName: jobSettings().bucketName,
    trace: c.get("notes").trace,
  });
  if (!submitted.ok) return refuse(c, submitted.failure);
  const { record, isRepeated } = submitted.value;
  note(c, { model: record.model, job: record.name });
  return c.json(envelope(c, record), isRepeated ? 200 : 201, { location: `/jobs/${record.name}` });
}

function budgetOf({ name, tokensPerDay }: Caller): JobBudget | null {
  return name === undefined || tokensPerDay === undefined ? null : { caller: name, tokensPerDay };
}

/** The model that `azureml-model-deployment` pins, as for `/score`. */
function deployedModel(c: AppContext): Result<string | undefined> {
  const deployment = c.env.DEPLOYMENT_NAME || DEFAULT_MODEL.name;
  const pinned = c.req.header("azureml-model-deployment") || deployment;
  if (pinned === deployment) return ok(undefined);
  return servedNames(c.env).includes(pinned)
    ? ok(pinned)
    : fail({ kind: "unknown_deployment", requested: pinned, served: deployment });
}

async function list(c: AppContext, env: JobBindings, scope: string): Promise<Response> {
  const limit = limitOf(c);
  if (!limit.ok) return refuse(c, limit.failure);
  const after = c.req.query("cursor") || null;
  if (after !== null && !isJobName(after)) {
    const problem = "must be the cursor of a nextLink";
    return refuse(c, { kind: "invalid_value", param: "cursor", problem });
  }
  const { records, next } = await listRecords(env.JOB_BUCKET, scope, limit.value, after);
  const query = new URLSearchParams({ limit: String(limit.value), cursor: next ?? "" });
  return c.json({
    value: records.map((record) => envelope(c, record)),
    ...(next !== null && { nextLink: `/jobs?${query}` }),
  });
}

const MAX_PAGE = 100;

function limitOf(c: AppContext): Result<number> {
  const text = c.req.query("limit") ?? "20";
  const limit = /^\d+$/.test(text) ? Number(text) : NaN;
  const problem = `must be a whole number from 1 to ${MAX_PAGE}`;
  return limit >= 1 && limit <= MAX_PAGE
    ? ok(limit)
    : fail({ kind: "invalid_value", param: "limit", problem });
}

async function show(c: AppContext, env: JobBindings, job: JobAddress): Promise<Response> {
  const found = await observeJob(env.JOB_BUCKET, job);
  if (found === null) return refuse(c, { kind: "unknown_job" });
  return c.json(jobEnvelope(found.record, found.observed, originOf(c)));
}

async function remove(c: AppContext, env: JobBindings, job: JobAddress): Promise<Response> {
  const record = await readRecord(env.JOB_BUCKET, job);
  if (record === null) return refuse(c, { kind: "unknown_job" });
  if (!hasEnded(record)) return refuse(c, { kind: "job_not_ended", status: record.status });
  await deleteJob(env.JOB_BUCKET, job);
  return c.body(null, 204);
}

/** Of a job that has ended, nothing is changed, and its end is told. */
async function cancel(c: AppContext, env: JobBindings, job: JobAddress): Promise<Response> {
  const record = await readRecord(env.JOB_BUCKET, job);
  if (record === null) return refuse(c, { kind: "unknown_job" });
  if (!hasEnded(record)) await requestStop(env.JOB_BUCKET, job, { as: "Canceled", error: null });
  const found = await observeJob(env.JOB_BUCKET, job);
  if (found === null) return refuse(c, { kind: "unknown_job" });
  return c.json(jobEnvelope(found.record, found.observed, originOf(c)), 202);
}

async function results(c: AppContext, env: JobBindings, job: JobAddress): Promise<Response> {
  const format = c.req.query("format") ?? "csv";
  if (!Object.hasOwn(RESULT_FILES, format)) {
    const problem = `must be ${Object.keys(RESULT_FILES).join(", ")}`;
    return refuse(c, { kind: "invalid_value", param: "format", problem });
  }
  const record = await readRecord(env.JOB_BUCKET, job);
  if (record === null) return refuse(c, { kind: "unknown_job" });
  const failure = withoutResult(record, format);
  if (failure) return refuse(c, failure);
  const key = resultKey(job, format as ResultFormat);
  const headOnly = c.req.method === "HEAD";
  const response = await readResult(env.JOB_BUCKET, key, c.req.raw.headers, { headOnly });
  return response ?? refuse(c, { kind: "no_such_result", format, has: record.results });
}

function withoutResult(record: JobRecord, format: string): Failure | undefined {
  if (!hasEnded(record)) return { kind: "job_not_ended", status: record.status };
  return record.results.some((each) => each === format)
    ? undefined
    : { kind: "no_such_result", format, has: record.results };
}

async function events(c: AppContext, env: JobBindings, job: JobAddress): Promise<Response> {
  if ((await readRecord(env.JOB_BUCKET, job)) === null) return refuse(c, { kind: "unknown_job" });
  const stream = jobEvents(env.JOB_BUCKET, job, originOf(c), c.req.raw.signal);
  return c.body(stream, 200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
  });
}

function envelope(c: AppContext, record: JobRecord): object {
  return jobEnvelope(record, null, originOf(c));
}

function originOf(c: AppContext): string {
  return new URL(c.req.url).origin;
}

function jobSettings() {
  // A route of jobs refuses before it is reached while the settings are wrong.
  if (!SETTINGS.ok) throw new Error("the service is not set up right");
  return SETTINGS.value.jobs;
}
