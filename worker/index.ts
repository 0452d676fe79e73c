import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { app } from "./app.ts";
import { SETTINGS } from "./deployed-settings.ts";
import type { JobBindings, JobRun } from "./jobs/job-bindings.ts";
import { tidyUp } from "./jobs/keep-going.ts";
import { runJob } from "./jobs/run-job.ts";

export { QuotaLedger } from "./quotas/quota-ledger.ts";

/** Batch jobs. */
export class JobWorkflow extends WorkflowEntrypoint<JobBindings, JobRun> {
  override async run({ payload }: WorkflowEvent<JobRun>, step: WorkflowStep): Promise<void> {
    if (!SETTINGS.ok) throw new Error("the service is not set up right");
    await runJob(payload, this.env, step, SETTINGS.value);
  }
}

export default {
  fetch: app.fetch,
  async scheduled(_, env) {
    await tidyUp(env);
  },
} satisfies ExportedHandler<Env>;
