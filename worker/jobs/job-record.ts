/** What is kept of a job, as long as it is kept. */
import type { Failure } from "../errors.ts";
import { publicError } from "../public-error.ts";
import type { TraceContext } from "../observe/trace-context.ts";
import type { JobBudget } from "../quotas/shard-budget.ts";
import type { JobAddress, ResultFormat } from "./job-keys.ts";
import type { JobRequest } from "./job-request.ts";
import type { Totals } from "./totals.ts";

/** In the order in which a job goes through them; the last three are ends. */
export type JobStatus =
  | "Queued"
  | "Preparing"
  | "Running"
  | "Finalizing"
  | "Completed"
  | "Failed"
  | "Canceled";

/** Why a job failed: a stable code and a sentence without any text of a user. */
export interface JobError {
  code: string;
  message: string;
}

export interface JobRecord extends JobAddress {
  request: JobRequest;
  /** Null: the key that submitted it may use any number of tokens. */
  budget: JobBudget | null;
  /** Name of the model that scores. */
  model: string;
  /** Of the request that submitted it. */
  trace: Pick<TraceContext, "traceId" | "flags">;
  status: JobStatus;
  error: JobError | null;
  /** Milliseconds since 1970. */
  createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
  /** What the plan has; null until it is made. */
  plan: JobPlan | null;
  /** What has become of the rows and shards; null until the job has ended. */
  totals: (Totals & { shardsDone: number }) | null;
  /** Formats in which there are results. */
  results: readonly ResultFormat[];
}

export interface JobPlan {
  rows: number;
  shards: number;
  /** Instances of the workflow that score side by side. */
  lanes: number;
  /** Shards that one of them scores at a time. */
  concurrency: number;
  /** For all of its shards, so that scores do not depend on how often a step was tried. */
  route: "edge" | "backend";
  /** Files that cannot be read; each is a line of `errors.jsonl`. */
  failedFiles: number;
}

export function hasEnded({ status }: Pick<JobRecord, "status">): boolean {
  return status === "Completed" || status === "Failed" || status === "Canceled";
}

/** A failure as the job shows it. */
export function jobErrorOf(failure: Failure): JobError {
  const { code, message } = publicError(failure);
  return { code, message };
}
