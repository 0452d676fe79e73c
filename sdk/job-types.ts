/**
 * Batch scoring as Azure ML's batch endpoints speak it: bodies as JSON has them, names as the wire has them.
 * @see https://learn.microsoft.com/azure/machine-learning/reference-yaml-endpoint-batch
 */

/** What a job reads: one input, whose name says nothing, or the three of a TREC run: `run`, `queries` and `collection`. */
export type JobInput =
  | {
      /** A folder's files, without those of folders in it; a file; a table, which this service does not read. */
      JobInputType: "UriFolder" | "UriFile" | "MLTable";
      /** On this service `files/NAME`, `files/PREFIX/` or `r2://BUCKET/KEY`. */
      Uri: string;
    }
  /** Of pipeline deployments alone. */
  | { JobInputType: "Literal"; Value: string };

/** Where a job writes to. A path that exists fails the job. */
export interface JobOutput {
  JobOutputType: "UriFile" | "UriFolder";
  Uri: string;
}

/** What a job can be told beside its data; what a deployment does not know has no effect. */
export interface JobOverrides {
  compute?: { instanceCount?: number };
  /** Failures up to which the job goes on; -1 is any number. */
  errorThreshold?: number;
  loggingLevel?: "Info" | "Warning" | "Debug";
  maxConcurrencyPerInstance?: number;
  /** Files of a call of the model, not rows. */
  miniBatchSize?: number;
  outputFileName?: string;
  retrySettings?: {
    maxRetries?: number;
    /** ISO 8601 duration, such as "PT30S". */
    timeout?: string;
  };
  partitionKeys?: readonly string[];
  tags?: Readonly<Record<string, string>>;
  description?: string;
}

/** What this service can be told beside Azure's own properties, in the map that Azure leaves to its users. */
export interface JobOptions {
  /** A name of `GET /v1/models`. Default: the deployment's model. */
  model?: string;
  /** Where all of the job is computed. Default "auto". */
  route?: "auto" | "edge" | "backend";
  /** Of the inputs. Default "auto": by each file's content and name. */
  inputFormat?: "auto" | "csv" | "jsonl" | "parquet";
  /** Of CSV: one ASCII character. Default: what the header has. */
  delimiter?: string;
  /** Names of columns that are not `text`, `query`, `document`, `documents` and so on, such as "query=question,document=passage". */
  columns?: string;
  experimentName?: string;
  readonly [name: string]: string | undefined;
}

/** Body of `POST /jobs`, in its present form and the older one. */
export interface JobRequest {
  properties: JobOverrides &
    (
      | {
          InputData: Readonly<Record<string, JobInput>>;
          OutputData?: Readonly<Record<string, JobOutput>>;
          properties?: JobOptions;
        }
      | {
          dataset: {
            dataInputType: "DataUrl" | "DatasetVersion" | "DatasetId";
            Path?: string;
            [name: string]: unknown;
          };
        }
    );
}

/** What becomes of a job. "Completed", "Failed" and "Canceled" are the last ones. */
export type JobStatus =
  | "NotStarted"
  | "Starting"
  | "Provisioning"
  | "Preparing"
  | "Queued"
  | "Running"
  | "Finalizing"
  | "CancelRequested"
  | "Completed"
  | "Failed"
  | "Canceled"
  | "NotResponding"
  | "Paused"
  | "Unknown";

/** How far a job is. */
export interface JobCounts {
  /** Of all its files; null until they are counted. */
  rows: number | null;
  /** Of the work, what is scored in one step; null until it is planned. */
  shards: number | null;
  shardsDone: number;
  /** Rows that have a result. */
  scored: number;
  /** Rows that have none; `errors.jsonl` says why. */
  failed: number;
  /** That the model has read. */
  tokens: number;
}

/** An event of a job. */
export interface JobProgress extends JobCounts {
  status: JobStatus;
  /** Milliseconds since 1970; null before the start. */
  startedAtMs?: number | null;
}

/**
 * Forms of a job's results: "csv" is Azure's `predictions.csv`, "scores" a CSV with a header and scores, "jsonl" has all that is known of
 * each row, "trec" is a run, of jobs whose rows have queries to rank for, "errors" has what could not be read or scored.
 */
export type JobFormat = "csv" | "scores" | "jsonl" | "parquet" | "trec" | "errors";

/** Where a job reads from, as the service has understood it. */
export interface JobAddress {
  type: "UriFile" | "UriFolder";
  uri: string;
}

/** A job, in the envelope of Azure's resource manager. */
export interface Job {
  /** A path whose last segment names the job. */
  id: string;
  name: string;
  type: string;
  /** Of services that have it here, too; {@link jobStatus} looks at both. */
  status?: JobStatus;
  properties: {
    status: JobStatus;
    provisioningState?: "Succeeded" | "Failed" | "Canceled" | "InProgress";
    interactionEndpoints?: Readonly<
      Record<string, { endpoint?: string; jobEndpointType?: string; [name: string]: unknown }>
    >;
    output?: Readonly<
      Record<string, { uri?: string; jobOutputType?: string; [name: string]: unknown }>
    >;
    tags?: Readonly<Record<string, string>>;
    description?: string;
    displayName?: string;
    experimentName?: string;
    jobType?: string;
    /** Of a job that failed: stable for programs, and a sentence for people. */
    error?: { code: string; message: string };
    progress?: JobCounts;
    /** Name of the model that scores. */
    model?: string;
    /** What computes; absent until the job is planned. */
    route?: "edge" | "backend";
    /** Files that could not be read: each is a line of `errors.jsonl`. */
    failedFiles?: number;
    /** ISO 8601, in UTC. */
    createdAtUtc?: string;
    startTimeUtc?: string;
    endTimeUtc?: string;
    input?:
      | { data: JobAddress }
      | { kind: "run"; run: JobAddress; queries: JobAddress; collection: JobAddress };
    /** Paths of the results that there are; none before the end. */
    results?: Readonly<Partial<Record<JobFormat, string>>>;
    [name: string]: unknown;
  };
  systemData?: {
    createdAt?: string;
    createdBy?: string;
    createdByType?: string;
    lastModifiedAt?: string;
    [name: string]: unknown;
  };
}

/** Answer of `GET /jobs`. */
export interface JobPage {
  value: Job[];
  /** Address of the next page; absent on the last one. */
  nextLink?: string | null;
}

/** A line of `predictions.csv`. */
export interface JobPrediction {
  /** Of the file, from 0. */
  row: number;
  /** As the model wrote it. */
  prediction: string;
  file: string;
}

/** A line of `scores.csv`: one a row; of a ranking one a document, best first; of tags one a word. */
export interface JobScore {
  file: string;
  /** Of the file, from 0. */
  row: number;
  /** Of the document in its row, or of the word, from 0; else null. */
  index: number | null;
  /** Null of a ranking. */
  label: string | null;
  score: number;
}

/** A line of `results.jsonl`: a label and its score, a ranking, or tags. */
export interface JobResult {
  file: string;
  /** Of the file, from 0. */
  row: number;
  /** The row's own, if it has them. */
  query_id?: string;
  document_id?: string;
  /** The best one, with its score and the raw output; of a model with several labels `logits` by label. */
  label?: string;
  score?: number;
  logit?: number;
  logits?: Readonly<Record<string, number>>;
  /** Of a ranking, best first; `id` is the document's own. */
  results?: { index: number; id?: string; score: number; logit: number }[];
  /** One a word, with their scores. */
  tags?: string[];
  scores?: number[];
  [name: string]: unknown;
}

/** A line of `errors.jsonl`: what stands against a row or a file. */
export interface JobProblem {
  file: string;
  /** From 0; null if it is against the whole file. */
  row: number | null;
  /** Null if it is against the whole row. */
  column: string | null;
  /** Stable, for programs, such as `missing_value`. */
  code: string;
  /** For people; without any text of the row. */
  reason: string;
}
