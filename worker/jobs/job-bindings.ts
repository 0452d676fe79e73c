/** What of the Worker's bindings batch jobs need, and who runs them. */
import type { ModelEnvironment } from "../models.ts";
import type { QuotaLedger } from "../quotas/quota-ledger.ts";
import type { JobAddress } from "./job-keys.ts";

export interface JobBindings extends ModelEnvironment {
  JOB_BUCKET: R2Bucket;
  JOBS: Workflow<JobRun>;
  /** Counts what keys with limits use. */
  QUOTAS?: DurableObjectNamespace<QuotaLedger>;
}

/** What an instance of the workflow is started with. */
export interface JobRun extends JobAddress {
  /** Which of a job's lanes it is: it scores every shard whose number has this remainder. Lane 0 prepares and plans, too. */
  lane: number;
  /** How many instances the lane has had before: each continues where the one before has come to. */
  turn: number;
}

/** Names an instance; two of the same name cannot be started. */
export function instanceId({ name, lane, turn }: Omit<JobRun, "scope">): string {
  return `${name}-${lane}-${turn}`;
}
