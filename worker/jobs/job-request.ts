/**
 * Body of `POST /jobs`: Azure ML's batch endpoints' in its present form (`InputData`) and the older one (`dataset`). Pure.
 *
 * What Azure accepts and this service has no use for is accepted and without effect. Options that only this service has stand in
 * `properties.properties`, a map of strings that Azure leaves to its users.
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-access-data-batch-endpoints-jobs
 */
import * as z from "zod";
import { fail, ok, type Failure, type Result } from "../errors.ts";
import { checkFileName } from "../files/file-name.ts";
import { isNotEmpty } from "../protocols/validate.ts";
import { ROUTES, type Route } from "../routing.ts";
import { COLUMN_DEFAULTS, parseColumns } from "./column-options.ts";
import { parseDurationSeconds } from "./iso-duration.ts";
import type { InputOptions } from "./source.ts";

/** An address as the body has it, not yet resolved. */
export interface Address {
  type: "UriFile" | "UriFolder";
  uri: string;
}

export type JobInput =
  | { kind: "rows"; data: Address }
  | { kind: "run"; run: Address; queries: Address; collection: Address };

export interface JobRequest {
  input: JobInput;
  options: InputOptions;
  /** Where `predictions.csv` is put beside the results; null for nowhere else. */
  output: Address | null;
  /** Default `predictions.csv`. */
  outputFileName: string;
  /** Undefined: the default model. */
  model: string | undefined;
  route: Route;
  /** Problems of rows and files up to which the job goes on; -1 is any number. */
  errorThreshold: number;
  /** Further tries of a step. */
  maxRetries: number;
  /** Of one step. */
  timeoutSeconds: number;
  instanceCount: number;
  maxConcurrency: number | null;
  tags: Readonly<Record<string, string>>;
  description: string | null;
  experimentName: string | null;
}

/** Bounds of the overrides. */
export const MAX_INSTANCES = 100;
export const MAX_CONCURRENCY = 16;

/** Tries over more than an hour, each five seconds later than the one before. */
const DEFAULT_RETRIES = 40;
const MAX_RETRIES = 100;

/** A shard takes half a minute of one CPU at most; the rest is for waiting behind other requests and for a slow backend. */
const DEFAULT_TIMEOUT_SECONDS = 900;

const MAX_TIMEOUT_SECONDS = 86_400;

const text = z.string().refine(isNotEmpty, "must not be empty").meta({ minLength: 1 });
const count = (most: number) => z.int().min(1).max(most);

const inputSchema = z.looseObject({ JobInputType: z.string(), Uri: z.string().optional() });

const propertiesSchema = z.looseObject({
  InputData: z.record(z.string(), inputSchema).optional(),
  OutputData: z
    .record(z.string(), z.looseObject({ JobOutputType: z.string().optional(), Uri: text }))
    .optional(),
  dataset: z.looseObject({ dataInputType: z.string(), Path: z.string().optional() }).optional(),
  properties: z.record(z.string(), z.unknown()).nullish(),
  compute: z.looseObject({ instanceCount: count(MAX_INSTANCES).nullish() }).nullish(),
  errorThreshold: z.int().min(-1).nullish(),
  loggingLevel: z.string().nullish(),
  maxConcurrencyPerInstance: count(MAX_CONCURRENCY).nullish(),
  miniBatchSize: z.int().min(1).nullish(),
  outputFileName: text.nullish(),
  retrySettings: z
    .looseObject({
      maxRetries: z.int().min(0).max(MAX_RETRIES).nullish(),
      timeout: z.string().nullish(),
    })
    .nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
  description: z.string().nullish(),
});

/** The form of the body; {@link parseJobRequest} also checks what a form cannot say. */
export const bodySchema = z.looseObject({ properties: propertiesSchema });

const LOGGING_LEVELS = /^(info|warning|debug)$/i;

export function parseJobRequest(body: unknown): Result<JobRequest> {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return wrong(path.join(".") || "The body", `is wrong: ${message}`);
  }
  const { properties } = parsed.data;
  const input = inputOf(properties);
  if (!input.ok) return input;
  const own = ownOptions(properties.properties ?? {});
  if (!own.ok) return own;
  if (properties.loggingLevel && !LOGGING_LEVELS.test(properties.loggingLevel))
    return wrong("properties.loggingLevel", "must be Info, Warning or Debug");
  const outputFileName = properties.outputFileName ?? "predictions.csv";
  if (outputFileName.includes("/") || !checkFileName(outputFileName).ok)
    return wrong("properties.outputFileName", "must be a file's name, without a folder");
  const output = outputOf(properties.OutputData);
  if (!output.ok) return output;
  const timeout = properties.retrySettings?.timeout;
  const timeoutSeconds = timeout ? parseDurationSeconds(timeout) : DEFAULT_TIMEOUT_SECONDS;
  if (timeoutSeconds === null || timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT_SECONDS)
    return wrong(
      "properties.retrySettings.timeout",
      `must be an ISO 8601 duration such as PT5M, from one second to ${MAX_TIMEOUT_SECONDS} seconds`,
    );
  return ok({
    ...own.value,
    input: input.value,
    output: output.value,
    outputFileName,
    errorThreshold: properties.errorThreshold ?? -1,
    maxRetries: properties.retrySettings?.maxRetries ?? DEFAULT_RETRIES,
    timeoutSeconds,
    instanceCount: properties.compute?.instanceCount ?? 1,
    maxConcurrency: properties.maxConcurrencyPerInstance ?? null,
    tags: properties.tags ?? {},
    description: properties.description ?? null,
  });
}

type Properties = z.output<typeof propertiesSchema>;

/** Names of the three inputs of a job that scores a TREC run again. */
const RUN_INPUTS = ["run", "queries", "collection"] as const;

function inputOf({ InputData, dataset }: Properties): Result<JobInput> {
  if (InputData !== undefined && dataset !== undefined)
    return wrong("properties", "has both InputData and dataset; one of them says what to read");
  if (dataset !== undefined) return olderInput(dataset);
  const names = Object.keys(InputData ?? {});
  if (InputData === undefined || names.length === 0)
    return wrong("properties.InputData", "must name one input, such as a UriFile");
  const addressOf = (name: string): Result<Address> =>
    address(InputData[name]!, `properties.InputData.${name}`);
  if (names.length === 1) {
    const data = addressOf(names[0]!);
    return data.ok ? ok({ kind: "rows", data: data.value }) : data;
  }
  if (names.length !== 3 || !RUN_INPUTS.every((name) => names.includes(name)))
    return wrong(
      "properties.InputData",
      `has ${names.length} inputs; a job reads one, or the three of a TREC run: ${RUN_INPUTS.join(", ")}`,
    );
  const [run, queries, collection] = RUN_INPUTS.map(addressOf) as [
    Result<Address>,
    Result<Address>,
    Result<Address>,
  ];
  if (!run.ok) return run;
  if (!queries.ok) return queries;
  if (!collection.ok) return collection;
  return ok({ kind: "run", run: run.value, queries: queries.value, collection: collection.value });
}

function olderInput({ dataInputType, Path }: NonNullable<Properties["dataset"]>): Result<JobInput> {
  if (dataInputType !== "DataUrl")
    return wrong(
      "properties.dataset.dataInputType",
      "must be DataUrl: this service has no data assets",
    );
  if (!Path) return wrong("properties.dataset.Path", "must be an address, such as files/NAME");
  const type = Path.endsWith("/") ? "UriFolder" : "UriFile";
  return ok({ kind: "rows", data: { type, uri: Path } });
}

function address({ JobInputType, Uri }: z.output<typeof inputSchema>, at: string): Result<Address> {
  if (JobInputType !== "UriFile" && JobInputType !== "UriFolder") {
    const known = ["MLTable", "Literal"].includes(JobInputType)
      ? `${JobInputType} is not supported`
      : "it is none of Azure's types";
    return wrong(`${at}.JobInputType`, `must be UriFile or UriFolder: ${known}`);
  }
  if (!Uri) return wrong(`${at}.Uri`, "must be an address, such as files/NAME");
  return ok({ type: JobInputType, uri: Uri });
}

function outputOf(outputs: Properties["OutputData"]): Result<Address | null> {
  const names = Object.keys(outputs ?? {});
  if (outputs === undefined || names.length === 0) return ok(null);
  if (names.length > 1)
    return wrong("properties.OutputData", `has ${names.length} outputs; a job has one`);
  const { JobOutputType = "UriFile", Uri } = outputs[names[0]!]!;
  if (JobOutputType !== "UriFile" && JobOutputType !== "UriFolder")
    return wrong(`properties.OutputData.${names[0]}.JobOutputType`, "must be UriFile or UriFolder");
  return ok({ type: JobOutputType, uri: Uri });
}

type OwnOptions = Pick<JobRequest, "options" | "model" | "route" | "experimentName">;

const FORMATS = ["auto", "csv", "jsonl", "parquet"] as const;

/** What is no string counts as its JSON text: the map is of strings, and some clients write numbers. */
function ownOptions(map: Readonly<Record<string, unknown>>): Result<OwnOptions> {
  const at = (name: string): string => `properties.properties.${name}`;
  const valueOf = (name: string): string | undefined => {
    const value = map[name];
    if (value === undefined || value === null || value === "") return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  const format = FORMATS.find((each) => each === (valueOf("inputFormat") ?? "auto"));
  if (!format) return wrong(at("inputFormat"), `must be ${FORMATS.join(", ")}`);
  const delimiter = valueOf("delimiter") === "\\t" ? "\t" : (valueOf("delimiter") ?? null);
  if (delimiter !== null && !/^[^"\r\n\P{ASCII}]$/u.test(delimiter))
    return wrong(at("delimiter"), "must be one ASCII character, no quote and no line break");
  const route = ROUTES.find((each) => each === (valueOf("route") ?? "auto"));
  if (!route) return wrong(at("route"), `must be ${ROUTES.join(", ")}`);
  const columns = valueOf("columns");
  const names = columns === undefined ? ok(COLUMN_DEFAULTS) : parseColumns(columns, at("columns"));
  if (!names.ok) return names;
  return ok({
    options: { format, delimiter, columns: names.value },
    model: valueOf("model"),
    route,
    experimentName: valueOf("experimentName") ?? null,
  });
}

function wrong(param: string, problem: string): { ok: false; failure: Failure } {
  return fail({ kind: "invalid_value", param, problem });
}
