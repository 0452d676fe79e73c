/** Batch scoring: jobs that read files, score their rows and write the results. */
import {
  apiPromise,
  identified,
  type ApiPromise,
  type Identified,
  type WithResponse,
} from "./api-promise.ts";
import { invalidResponse, rerankError } from "./errors.ts";
import type { Job, JobPage, JobPrediction, JobRequest, JobResult, JobStatus } from "./job-types.ts";
import type { RequestOptions } from "./options.ts";
import { csvRows, jsonRows, readText } from "./read-rows.ts";
import { retryAfterOf } from "./retry.ts";
import type { Call, Transport } from "./transport.ts";
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

/** A call that reads a job's results: `timeout` is of the beginning of the answer, and of each further bit of it. */
export interface JobResultsOptions extends RequestOptions {
  /** "csv" is Azure's `predictions.csv`. Default "csv". */
  format?: "csv" | "jsonl" | undefined;
}

/**
 * The jobs of a service or of an Azure ML batch endpoint. A job is named by its `name`, its `id`, or itself.
 *
 * @example
 * ```ts
 * const job = await client.jobs.create({
 *   properties: { InputData: { pairs: { JobInputType: "UriFile", Uri: "files/pairs.csv" } } },
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
  async *list(options?: RequestOptions): AsyncGenerator<JobPage, void, undefined> {
    let search: string | undefined = "";
    while (search !== undefined) {
      const call: Call = { method: "GET", path: `/jobs${search}` };
      const sent: WithResponse<JobPage> = await this.#transport.send(call, options);
      const { data: page, response } = sent;
      if (!Array.isArray(page?.value))
        throw invalidResponse("The answer is no list of jobs: check baseURL.", response);
      yield page;
      // Of the link only the query: the key must not go to another host, whatever an answer says.
      search = page.nextLink
        ? new URL(page.nextLink, "http://localhost").search || undefined
        : undefined;
    }
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
    const read = async (response: Response): Promise<void> => void (await response.text());
    const call = { method: "POST", path: `${pathOf(job)}/cancel`, read } as const;
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
   * A job's results, row by row as they come: those of `predictions.csv`, or with `format: "jsonl"` objects. Reading holds one row at a
   * time. A connection that breaks is not taken up again: the loop then throws a `ConnectionError`, and another one begins at the first row.
   *
   * @example
   * ```ts
   * for await (const { file, row, prediction } of client.jobs.results(job)) console.log(file, row, prediction);
   * for await (const { score } of client.jobs.results<{ score: number }>(job, { format: "jsonl" })) console.log(score);
   * ```
   */
  results(
    job: string | Job,
    options?: JobResultsOptions & { format?: "csv" | undefined },
  ): AsyncGenerator<JobPrediction, void, undefined>;
  results<Row = JobResult>(
    job: string | Job,
    options: JobResultsOptions & { format: "jsonl" },
  ): AsyncGenerator<Row, void, undefined>;
  async *results(
    job: string | Job,
    { format = "csv", ...options }: JobResultsOptions = {},
  ): AsyncGenerator<unknown, void, undefined> {
    const own = {
      accept: format === "csv" ? "text/csv" : "application/x-ndjson",
      // The time is of the beginning, and the service would take it for that of the whole answer.
      "x-request-timeout-ms": null,
    };
    const { data: body } = await this.#transport.send<Response["body"]>(
      {
        method: "GET",
        path: `${pathOf(job)}/results${format === "csv" ? "" : `?format=${format}`}`,
        read: async (response) => response.body,
      },
      { ...options, headers: { ...own, ...options.headers } },
    );
    if (!body) return;
    const text = readText(body, this.#transport.timeoutsOf(options).timeout, options.signal);
    if (format === "jsonl") return yield* jsonRows(text);
    for await (const [row, prediction = "", file = ""] of csvRows(text))
      yield { row: Number(row), prediction, file } satisfies JobPrediction;
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
  if (name) return `/jobs/${encodeURIComponent(name)}`;
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
