/** Uploads a job's files and starts it, each once, however often the command is run. */
import type { RerankClient } from "../../client.ts";
import type { JobOptions, JobOverrides, JobRequest } from "../../job-types.ts";
import type { Values } from "../command.ts";
import type { Display } from "./display.ts";
import { inputData, type InputFile } from "./input-files.ts";
import type { BATCH_OPTIONS, BatchInputs, BatchPlan } from "./options.ts";
import type { SavedRun } from "./saved-run.ts";
import { uploadInputs } from "./upload-inputs.ts";

/** Tag of a job that says where its uploaded files are. */
export const UPLOADS_TAG = "rerank-batch-uploads";

export async function startJob(
  client: RerankClient,
  run: SavedRun,
  options: {
    inputs: BatchInputs;
    files: readonly InputFile[];
    plan: BatchPlan;
    values: Values<typeof BATCH_OPTIONS>;
    display: Display;
    signal: AbortSignal;
  },
): Promise<void> {
  if (run.state.job !== undefined) return;
  const { inputs, files, plan, values, display, signal } = options;
  await uploadInputs(client, files, run, display, signal);
  const { id, idempotencyKey } = run.state;
  const properties: JobRequest["properties"] = {
    InputData: inputData(inputs, files, id),
    ...jobProperties(plan, values),
    tags: { [UPLOADS_TAG]: id },
  };
  const { name } = await client.jobs.create({ properties }, { idempotencyKey, signal });
  run.save({ job: name });
}

/** What a job is told beside its files. */
export function jobProperties(
  { errorThreshold, instances, route, inputFormat }: BatchPlan,
  { model, columns, delimiter }: Values<typeof BATCH_OPTIONS>,
): JobOverrides & { properties: JobOptions } {
  const given = Object.entries({ model, columns, delimiter, route, inputFormat });
  return {
    ...(errorThreshold !== undefined && { errorThreshold }),
    ...(instances !== undefined && { compute: { instanceCount: instances } }),
    properties: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  };
}
