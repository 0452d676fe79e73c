/** A job is taken in: checked as far as one look at the bucket can, recorded, and started. */
import { fail, ok, type Result } from "../errors.ts";
import { JOB_LIMITS } from "../limits.ts";
import { findModel } from "../models.ts";
import type { TraceContext } from "../observe/trace-context.ts";
import type { JobBudget } from "../quotas/shard-budget.ts";
import { startInstance } from "./beats.ts";
import type { JobBindings } from "./job-bindings.ts";
import { activeKey, idempotencyKey } from "./job-keys.ts";
import { newJobName } from "./job-name.ts";
import type { JobRecord } from "./job-record.ts";
import type { JobRequest } from "./job-request.ts";
import { markActive, readJson, readRecord, writeRecord } from "./job-store.ts";
import { findFiles } from "./prepare-inputs.ts";
import { outputKey } from "./put-output.ts";

export interface Submission {
  scope: string;
  request: JobRequest;
  budget: JobBudget | null;
  /** The body as it came, by which a repeated key is known to mean the same job. */
  bodyHash: string;
  /** SHA-256 of the caller's `Idempotency-Key`; null if there was none. */
  keyHash: string | null;
  bucketName: string;
  trace: TraceContext;
}

export interface Submitted {
  record: JobRecord;
  /** Whether the key had started it before. */
  isRepeated: boolean;
}

interface KnownKey {
  name: string;
  bodyHash: string;
}

export async function submitJob(
  env: JobBindings,
  submission: Submission,
): Promise<Result<Submitted>> {
  const { scope, request, budget, keyHash, bodyHash, trace } = submission;
  const known =
    keyHash && (await readJson<KnownKey>(env.JOB_BUCKET, idempotencyKey(scope, keyHash)));
  if (known) {
    const record = await readRecord(env.JOB_BUCKET, { scope, name: known.name });
    if (known.bodyHash !== bodyHash) return fail({ kind: "key_reused" });
    if (record) return ok({ record, isRepeated: true });
  }
  const checked = await check(env, submission);
  if (!checked.ok) return checked;
  let name = known ? known.name : newJobName();
  if (keyHash && !known) {
    const claimed = await claimKey(env.JOB_BUCKET, submission, keyHash, name);
    if (claimed.bodyHash !== bodyHash) return fail({ kind: "key_reused" });
    name = claimed.name;
  }
  const record: JobRecord = {
    scope,
    name,
    request,
    budget,
    model: checked.value,
    // What others say about the trace is not kept.
    trace: { traceId: trace.traceId, flags: trace.flags },
    status: "Queued",
    error: null,
    createdAtMs: Date.now(),
    startedAtMs: null,
    endedAtMs: null,
    plan: null,
    totals: null,
    results: [],
  };
  // The mark first: with it alone, the job is taken on even if this is the last that the isolate does.
  await markActive(env.JOB_BUCKET, record);
  await writeRecord(env.JOB_BUCKET, record);
  await startInstance(env, { scope, name, lane: 0, turn: 0 });
  return ok({ record, isRepeated: false });
}

/** @returns The name of the model that is going to score */
async function check(
  env: JobBindings,
  { scope, request, bucketName }: Submission,
): Promise<Result<string>> {
  const model = await findModel(request.model, env);
  if (!model.ok) return model;
  const output = outputKey(request, scope, bucketName);
  if (!output.ok) return output;
  const { input } = request;
  const addresses =
    input.kind === "rows" ? [input.data] : [input.run, input.queries, input.collection];
  const [room, outputFree, ...inputs] = await Promise.all([
    checkRoom(env.JOB_BUCKET, scope),
    output.value === null ? ok(undefined) : checkFree(env.JOB_BUCKET, output.value),
    ...addresses.map((address) => findFiles(env.JOB_BUCKET, address, scope, bucketName)),
  ]);
  if (!room.ok) return room;
  if (!outputFree.ok) return outputFree;
  for (const found of inputs) if (!found.ok) return found;
  return ok(model.value.name);
}

async function checkFree(bucket: R2Bucket, key: string): Promise<Result<void>> {
  return (await bucket.head(key)) === null ? ok(undefined) : fail({ kind: "output_exists" });
}

/** Whether the caller may have one more job that has not ended. */
async function checkRoom(bucket: R2Bucket, scope: string): Promise<Result<void>> {
  const limit = JOB_LIMITS.maxOpenJobs;
  const { objects } = await bucket.list({ prefix: activeKey({ scope, name: "" }), limit });
  return objects.length < limit ? ok(undefined) : fail({ kind: "too_many_jobs" });
}

/** Of several submissions with one key at the same time, the first names the job. */
async function claimKey(
  bucket: R2Bucket,
  { scope, bodyHash }: Submission,
  keyHash: string,
  name: string,
): Promise<KnownKey> {
  const key = idempotencyKey(scope, keyHash);
  const onlyIf = new Headers({ "if-none-match": "*" });
  const claimed = await bucket.put(key, JSON.stringify({ name, bodyHash }), { onlyIf });
  return claimed ? { name, bodyHash } : (await readJson<KnownKey>(bucket, key))!;
}
