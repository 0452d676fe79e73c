/** What the routes of jobs take and answer. */
import * as z from "zod";
import type { Job, JobPage } from "../../sdk/index.ts";
import type { Progress } from "../jobs/job-envelope.ts";
import { RESULT_FILES, type ResultFormat } from "../jobs/job-keys.ts";
import { bodySchema } from "../jobs/job-request.ts";
import type { NamedSchema } from "./json-schema.ts";

export const RESULT_FORMATS = Object.keys(RESULT_FILES) as ResultFormat[];

export const jobRequest: NamedSchema = { name: "JobRequest", schema: bodySchema };

const count = z.int().min(0);
const time = z.iso.datetime();

const progress = z.strictObject({
  rows: count.nullable().describe("Null until the job is planned."),
  shards: count.nullable(),
  shardsDone: count,
  scored: count,
  failed: count.describe("Rows; each has a line in the results' errors."),
  tokens: count,
}) satisfies z.ZodType<Progress>;

const address = z.strictObject({ type: z.enum(["UriFile", "UriFolder"]), uri: z.string() });

const endpoint = <Type extends string>(type: Type) =>
  z.strictObject({ jobEndpointType: z.literal(type), endpoint: z.url() });

const envelope = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.literal("batchjob"),
  properties: z.strictObject({
    jobType: z.literal("Batch"),
    displayName: z.string(),
    status: z.enum([
      "Queued",
      "Preparing",
      "Running",
      "Finalizing",
      "CancelRequested",
      "Completed",
      "Failed",
      "Canceled",
    ]),
    provisioningState: z.enum(["InProgress", "Succeeded", "Failed", "Canceled"]),
    error: z.strictObject({ code: z.string(), message: z.string() }).exactOptional(),
    progress,
    model: z.string(),
    route: z.enum(["edge", "backend"]).exactOptional().describe("Once the job is planned."),
    failedFiles: count.exactOptional().describe("That cannot be read; once the job is planned."),
    createdAtUtc: time,
    startTimeUtc: time.exactOptional(),
    endTimeUtc: time.exactOptional(),
    input: z.union([
      z.strictObject({ data: address }),
      z.strictObject({
        kind: z.literal("run"),
        run: address,
        queries: address,
        collection: address,
      }),
    ]),
    output: z.strictObject({
      score: z.strictObject({ uri: z.string(), jobOutputType: address.shape.type }),
    }),
    results: z.partialRecord(z.enum(RESULT_FORMATS), z.string()).describe("Paths by format."),
    interactionEndpoints: z.strictObject({
      Results: endpoint("Results"),
      Events: endpoint("Events"),
    }),
    tags: z.record(z.string(), z.string()),
    description: z.string().exactOptional(),
    experimentName: z.string().exactOptional(),
  }),
  systemData: z.strictObject({
    createdAt: time,
    createdByType: z.literal("Key"),
    lastModifiedAt: time,
  }),
}) satisfies z.ZodType<Job>;

export const job: NamedSchema = { name: "Job", schema: envelope };

export const jobList: NamedSchema = {
  name: "JobList",
  schema: z.strictObject({
    value: z.array(envelope),
    nextLink: z.string().exactOptional().describe("Path and query of the next page."),
  }) satisfies z.ZodType<JobPage>,
};

export const events: NamedSchema = {
  name: "JobEvents",
  schema: z.string().describe("Events progress with each change, at last one event end."),
};

export const result: NamedSchema = { name: "JobResult", schema: z.string() };
