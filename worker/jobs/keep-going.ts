/** When jobs that have died are looked for, and what is too old is deleted. */
import { SETTINGS } from "../deployed-settings.ts";
import type { JobBindings } from "./job-bindings.ts";
import { reconcileJobs } from "./reconcile.ts";
import { deleteExpired } from "./retention.ts";

const DAY_MS = 86_400_000;

let nextLookAtMs = 0;

/** Looks for dead jobs, unless this isolate has just done so. */
export async function reconcileSometimes(env: Partial<JobBindings>): Promise<void> {
  if (!SETTINGS.ok || !isSetUp(env) || Date.now() < nextLookAtMs) return;
  const { staleSeconds } = SETTINGS.value.jobs;
  nextLookAtMs = Date.now() + (staleSeconds * 1_000) / 3;
  await reconcileJobs(env, staleSeconds);
}

/** The same as the first thing that an isolate does. */
export async function reconcileAtFirst(env: Partial<JobBindings>): Promise<void> {
  if (nextLookAtMs === 0) await reconcileSometimes(env);
}

/** What the cron trigger does. */
export async function tidyUp(env: Partial<JobBindings>): Promise<void> {
  if (!SETTINGS.ok || !isSetUp(env)) return;
  const { staleSeconds, retentionDays } = SETTINGS.value.jobs;
  await reconcileJobs(env, staleSeconds);
  await deleteExpired(env.JOB_BUCKET, new Date(Date.now() - retentionDays * DAY_MS));
}

export function isSetUp(env: Partial<JobBindings>): env is JobBindings {
  return env.JOB_BUCKET !== undefined && env.JOBS !== undefined;
}
