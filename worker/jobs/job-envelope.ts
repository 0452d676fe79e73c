/** A job as `GET /jobs/{name}` shows it, in the envelope of Azure's resource manager. Pure. */
import { hasEnded, type JobRecord, type JobStatus } from "./job-record.ts";
import { NOTHING, type Totals } from "./totals.ts";

const PROVISIONING: Partial<Record<JobStatus, string>> = {
  Completed: "Succeeded",
  Failed: "Failed",
  Canceled: "Canceled",
};

export interface Progress extends Totals {
  /** Null until the job is planned. */
  rows: number | null;
  shards: number | null;
  shardsDone: number;
}

/** What a job's lanes have reached, and whether it was told to stop. */
export interface Observed {
  reached: Totals & { shardsDone: number };
  isStopping: boolean;
}

export function progressOf({ plan, totals }: JobRecord, observed: Observed | null): Progress {
  return {
    rows: plan?.rows ?? null,
    shards: plan?.shards ?? null,
    ...(totals ?? observed?.reached ?? { ...NOTHING, shardsDone: 0 }),
  };
}

export function statusOf(record: JobRecord, observed: Observed | null): string {
  return observed?.isStopping && !hasEnded(record) ? "CancelRequested" : record.status;
}

/**
 * @param observed - Of a job that has not ended; null where nobody looked.
 * @param origin - Of the request, such as `https://rerank.example.com`.
 */
export function jobEnvelope(record: JobRecord, observed: Observed | null, origin: string): object {
  const { name, request, model, error, plan, createdAtMs, startedAtMs, endedAtMs } = record;
  const status = statusOf(record, observed);
  const { input, output, tags, description, experimentName } = request;
  return {
    id: `/jobs/${name}`,
    name,
    type: "batchjob",
    properties: {
      jobType: "Batch",
      displayName: name,
      status,
      provisioningState: PROVISIONING[record.status] ?? "InProgress",
      ...(error && { error }),
      progress: progressOf(record, observed),
      model,
      ...(plan && { route: plan.route, failedFiles: plan.failedFiles }),
      createdAtUtc: isoOf(createdAtMs),
      ...(startedAtMs !== null && { startTimeUtc: isoOf(startedAtMs) }),
      ...(endedAtMs !== null && { endTimeUtc: isoOf(endedAtMs) }),
      input: input.kind === "rows" ? { data: input.data } : input,
      output: {
        score: {
          uri: output ? output.uri : `/jobs/${name}/results`,
          jobOutputType: output?.type ?? "UriFile",
        },
      },
      results: Object.fromEntries(
        record.results.map((format) => [format, `/jobs/${name}/results?format=${format}`]),
      ),
      interactionEndpoints: {
        Results: { jobEndpointType: "Results", endpoint: `${origin}/jobs/${name}/results` },
        Events: { jobEndpointType: "Events", endpoint: `${origin}/jobs/${name}/events` },
      },
      tags,
      ...(description !== null && { description }),
      ...(experimentName !== null && { experimentName }),
    },
    systemData: {
      createdAt: isoOf(createdAtMs),
      createdByType: "Key",
      lastModifiedAt: isoOf(endedAtMs ?? startedAtMs ?? createdAtMs),
    },
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
