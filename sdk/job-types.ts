/**
 * Batch scoring as Azure ML's batch endpoints speak it: bodies as JSON has them, names as the wire has them.
 * @see https://learn.microsoft.com/azure/machine-learning/reference-yaml-endpoint-batch
 */

/** What a job reads: one input, whose name says nothing. */
export type JobInput =
  | {
      /** A folder's files, without those of folders in it; a file; a table. */
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

/** Body of `POST /jobs`, in its present form and the older one. */
export interface JobRequest {
  properties: JobOverrides &
    (
      | {
          InputData: Readonly<Record<string, JobInput>>;
          OutputData?: Readonly<Record<string, JobOutput>>;
          properties?: Readonly<Record<string, string>>;
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
    output?: Readonly<Record<string, unknown>>;
    tags?: Readonly<Record<string, string>>;
    description?: string;
    [name: string]: unknown;
  };
  systemData?: { createdAt?: string; createdBy?: string; [name: string]: unknown };
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

/** A line of the results as JSON. */
export interface JobResult {
  /** Of the file, from 0. */
  row: number;
  file: string;
  [name: string]: unknown;
}
