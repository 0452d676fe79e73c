/** What the routes of one job share. */
import * as z from "zod";
import { ownErrors } from "./error-formats.ts";
import { KEEPING } from "./failures.ts";
import type { Operation, Parameter } from "./operation.ts";

/** Stands for the name of the job that the example of `POST /jobs` starts. */
export const JOB_NAME = "batchjob-e5dcf1b2f38-3f9a6c01d7e84b52";

export const jobName: Parameter = {
  name: "name",
  in: "path",
  description: "Of the job: the last segment of its id.",
  schema: z.string().min(1),
};

export const byName = { path: { name: JOB_NAME } };

export const BATCH = { tag: "Batch", errors: [ownErrors] } as const;

export const ONE_JOB = {
  ...BATCH,
  parameters: [jobName],
  examples: { job: byName },
  failures: [...KEEPING, "unknown_job"],
} as const satisfies Partial<Operation>;
