/** Batch scoring: jobs that read files, score their rows and write the results. */
import { apiPromise, identified, type ApiPromise, type Identified } from "./api-promise.ts";
import { rerankError } from "./errors.ts";
import type {
  Job,
  JobFormat,
  JobPage,
  JobPrediction,
  JobProblem,
  JobProgress,
  JobRequest,
  JobResult,
  JobScore,
  JobStatus,
} from "./job-types.ts";
import type { RequestOptions } from "./options.ts";
import { pagesOf } from "./pages.ts";
import { retryAfterOf } from "./retry.ts";
import { noBody, type Transport } from "./transport.ts";
import { pause } from "./within.ts";

/** A call that starts a job. */
export interface CreateJobOptions extends RequestOptions {
  /** Pins a deployment, as `azureml-model-deployment`. Default: the endpoint's default one. */
  deployment?: string | undefined;
  /**
   * The same key starts a job only once, however often it is sent. Default: one of its own for each call, the same in all its tries.
   */
  idempotencyKey?: string | undefined;
}

/** A call that waits for a job. `timeout` and `maxRetries` are of each look at it, `totalTimeout` is of the whole wait. */
export interface WaitForJobOptions extends RequestOptions {
  /**
   * Between the first two looks; it grows by a half each time. An answer's `Retry-After` goes before it.
   * @unit milliseconds
   * @default 1_000
   */
  pollInterval?: number | undefined;
  /**
   * That it grows to.
   * @unit milliseconds
   * @default 30_000
   */
  maxPollInterval?: number | undefined;
  /** Called with each look at the job, the last one, too. What it throws ends the wait. */
  onProgress?: ((job: Job) => void) | undefined;
}

/**
 * A call that reads a job's results row by row. `timeout` is of the beginning of an answer and of each further bit of it, `totalTimeout` of
 * the first beginning alone.
 */
export interface JobResultsOptions extends RequestOptions {
  /** Default "csv". */
  format?: "csv" | "scores" | "jsonl" | "errors" | undefined;
}

/** A call that downloads a file of results; the times are those of {@link JobResultsOptions}. */
export interface JobDownloadOptions extends RequestOptions {
  /** Default "csv". */
  format?: JobFormat | undefined;
}

/**
 * The jobs of a service or of an Azure ML batch endpoint. A job is named by its `name`, its `id`, or itself.
 *
 * @example
 * ```ts
 * const { uri } = await client.files.upload("pairs.csv", "query,document\nred planet,Mars\n");
 * const job = await client.jobs.create({
 *   properties: { InputData: { pairs: { JobInputType: "UriFile", Uri: uri } } },
 * });
 * const { properties } = await client.jobs.wait(job);
 * if (properties.status === "Completed")
 *   for await (const { row, prediction } of client.jobs.results(job)) console.log(row, prediction);
 * ```
 */
export class Jobs {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Starts a job. A try that is repeated starts no second one, as far as the service heeds the header `idempotency-key`.
   *
   * @example
   * ```ts
   * const InputData = { pairs: { JobInputType: "UriFile", Uri: "files/pairs.csv" } } as const;
   * await client.jobs.create({ properties: { InputData, errorThreshold: 100 } }, { idempotencyKey: "night-of-may-4" });
   * ```
   */
  create(request: JobRequest, options: CreateJobOptions = {}): ApiPromise<Identified<Job>> {
    const { deployment, idempotencyKey = randomKey(), ...rest } = options;
    const headers = {
      "azureml-model-deployment": deployment,
      "idempotency-key": idempotencyKey,
      ...rest.headers,
    };
    const call = { method: "POST", path: "/jobs", body: request } as const;
    return identified(this.#transport.send(call, { ...rest, headers }));
  }

  /**
   * A job as it is now.
   *
   * @example
   * ```ts
   * const job = await client.jobs.get("0c1d…");
   * console.log(jobStatus(job));
   * ```
   */
  get(job: string | Job, options?: RequestOptions): ApiPromise<Identified<Job>> {
    return identified(this.#transport.send({ method: "GET", path: pathOf(job) }, options));
  }

  /**
   * All jobs, in the service's order, by pages that are asked for as the loop comes to them.
   *
   * @example
   * ```ts
   * for await (const { value } of client.jobs.list()) for (const job of value) console.log(job.name, jobStatus(job));
   * ```
   */
  list(options?: RequestOptions): AsyncGenerator<JobPage, void, undefined> {
    return pagesOf<JobPage>(this.#transport, "/jobs", "", options);
  }

  /**
   * Asks for a job's end. It has come when {@link Jobs.wait} says "Canceled", or another last status if the job was faster.
   *
   * @example
   * ```ts
   * await client.jobs.cancel(job);
   * await client.jobs.wait(job);
   * ```
   */
  cancel(job: string | Job, options?: RequestOptions): ApiPromise<void> {
    const call = { method: "POST", path: `${pathOf(job)}/cancel`, read: noBody } as const;
    return apiPromise(this.#transport.send<void>(call, options));
  }

  /**
   * Deletes a job that has ended, and its results.
   *
   * @example
   * ```ts
   * await client.jobs.delete(job);
   * ```
   * @throws InvalidRequestError `job_not_ended` before its end: cancel it and wait
   */
  delete(job: string | Job, options?: RequestOptions): ApiPromise<void> {
    const call = { method: "DELETE", path: pathOf(job), read: noBody } as const;
    return apiPromise(this.#transport.send<void>(call, options));
  }

  /**
   * Waits until a job has come to its end, whichever: a job that failed is no error of this call.
   *
   * @example
   * ```ts
   * const job = await client.jobs.wait(name, {
   *   totalTimeout: 3_600_000,
   *   onProgress: (job) => console.log(jobStatus(job)),
   * });
   * if (jobStatus(job) !== "Completed") throw new Error(`the job ended as ${jobStatus(job)}`);
   * ```
   * @throws TimeoutError after `totalTimeout`; the job goes on.
   */
  async wait(job: string | Job, options: WaitForJobOptions = {}): Promise<Job> {
    const { pollInterval = 1_000, maxPollInterval = 30_000, onProgress, signal } = options;
    const endsAtMs = Date.now() + this.#transport.timeoutsOf(options).totalTimeout;
    for (
      let intervalMs = pollInterval;
      ;
      intervalMs = Math.min(intervalMs * 1.5, maxPollInterval)
    ) {
      const look = { ...options, totalTimeout: endsAtMs - Date.now() };
      const { data, response } = await this.get(job, look).withResponse();
      onProgress?.(data);
      if (/^(Completed|Failed|Canceled)$/.test(jobStatus(data))) return data;
      const delayMs = retryAfterOf(response.headers, Date.now()) ?? intervalMs;
      if (Date.now() + delayMs >= endsAtMs) throw stillUnderWay(data);
      await pause(delayMs, signal);
    }
  }

  /**
   * What a job has reached, at the beginning and with each change; the loop ends with the job, which is what the generator returns. This
   * service tells it by itself, where {@link Jobs.wait} asks, of Azure's endpoints, too. A connection that breaks is followed by another one:
   * `timeout` is of each further bit, `maxRetries` of connections in a row that bring nothing, `totalTimeout` of the whole.
   *
   * @example
   * ```ts
   * for await (const { scored, rows } of client.jobs.events(job)) console.log(`${scored} of ${rows ?? "?"} rows`);
   * ```
   */
  async *events(
    job: string | Job,
    options: RequestOptions = {},
  ): AsyncGenerator<JobProgress, Job, undefined> {
    const path = pathOf(job);
    const { jobEvents } = await import("./job-events.ts");
    return yield* jobEvents(this.#transport, path, options);
  }

  /**
   * A job's results, row by row as they come: those of `predictions.csv`; with `format: "scores"` numbers, with `format: "jsonl"` all that is
   * known of each row, with `format: "errors"` what stands against rows and files. Reading holds one row at a time. A connection that breaks is
   * taken up again as in {@link Jobs.download}.
   *
   * @example
   * ```ts
   * for await (const { file, row, prediction } of client.jobs.results(job)) console.log(file, row, prediction);
   * for await (const { score } of client.jobs.results<{ score: number }>(job, { format: "jsonl" })) console.log(score);
   * for await (const { row, reason } of client.jobs.results(job, { format: "errors" })) console.error(row, reason);
   * ```
   */
  results(
    job: string | Job,
    options?: JobResultsOptions & { format?: "csv" | undefined },
  ): AsyncGenerator<JobPrediction, void, undefined>;
  results(
    job: string | Job,
    options: JobResultsOptions & { format: "scores" },
  ): AsyncGenerator<JobScore, void, undefined>;
  results(
    job: string | Job,
    options: JobResultsOptions & { format: "errors" },
  ): AsyncGenerator<JobProblem, void, undefined>;
  results<Row = JobResult>(
    job: string | Job,
    options: JobResultsOptions & { format: "jsonl" },
  ): AsyncGenerator<Row, void, undefined>;
  async *results(
    job: string | Job,
    { format = "csv", ...options }: JobResultsOptions = {},
  ): AsyncGenerator<unknown, void, undefined> {
    const path = pathOf(job);
    const { resultRows } = await import("./job-results.ts");
    yield* resultRows(this.#transport, path, format, options);
  }

  /**
   * A file of results, as a stream of its bytes, when the service has begun to answer. A connection that breaks is taken up again where it
   * broke, if the answer has an ETag: as long as each further one brings something, and else up to `maxRetries` times. The signal breaks the
   * stream, too.
   *
   * @example
   * ```ts
   * const parquet = await client.jobs.download(job, { format: "parquet" });
   * await writeFile("results.parquet", parquet);
   * ```
   * @throws InvalidRequestError `job_not_ended` before its end, `no_such_result` if it has none in this format
   */
  async download(
    job: string | Job,
    { format = "csv", ...options }: JobDownloadOptions = {},
  ): Promise<ReadableStream<Uint8Array>> {
    const path = pathOf(job);
    const { downloadResults } = await import("./job-results.ts");
    return downloadResults(this.#transport, path, format, options);
  }
}

/**
 * What has become of a job: its `status`, else that of its `properties`, as Azure's own samples read it.
 *
 * @example
 * ```ts
 * if (jobStatus(await client.jobs.get(name)) === "Running") showSpinner();
 * ```
 */
export function jobStatus({ status, properties }: Job): JobStatus {
  return status ?? properties?.status ?? "Unknown";
}

/** The last segment of an id is the name. */
function pathOf(job: string | Job): string {
  const name = (typeof job === "string" ? job : (job.name ?? job.id)).split("/").at(-1);
  // An address with ".." would be another one.
  if (name && !/^\.\.?$/.test(name)) return `/jobs/${encodeURIComponent(name)}`;
  throw rerankError("invalid_request", "A job is named by its name, its id, or itself.", {
    code: "no_job",
    param: "job",
  });
}

function stillUnderWay(job: Job) {
  return rerankError(
    "timeout",
    `The job is ${jobStatus(job)} and goes on, but totalTimeout is over: wait for it again, or cancel it.`,
    { code: "timeout" },
  );
}

/** 128 random bits. Not crypto.randomUUID, which pages without https lack. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
