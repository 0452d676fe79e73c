/** Where everything of a job lies in the bucket. A caller's objects all stand under the caller's scope. */

/** Formats of results, and the name of each one's file. */
export const RESULT_FILES = {
  /** Azure's `predictions.csv`. */
  csv: "predictions.csv",
  scores: "scores.csv",
  jsonl: "results.jsonl",
  parquet: "results.parquet",
  /** Only of jobs whose rows have queries to rank for. */
  trec: "run.trec",
  errors: "errors.jsonl",
} as const;

export type ResultFormat = keyof typeof RESULT_FILES;

export const FORMATS = Object.keys(RESULT_FILES) as ResultFormat[];

/** Whose job, and which. */
export interface JobAddress {
  /** As {@link scopeOf} has it. */
  scope: string;
  name: string;
}

export const filePrefix = (scope: string): string => `${scope}/files/`;

export const recordPrefix = (scope: string): string => `${scope}/jobs/`;

export const recordKey = ({ scope, name }: JobAddress): string => `${recordPrefix(scope)}${name}`;

/** What is only needed until the job has ended. */
export const workPrefix = ({ scope, name }: JobAddress): string => `${scope}/work/${name}/`;

export const resultPrefix = ({ scope, name }: JobAddress): string => `${scope}/results/${name}/`;

export const resultKey = (job: JobAddress, format: ResultFormat): string =>
  `${resultPrefix(job)}${RESULT_FILES[format]}`;

/** A text file that was unpacked or joined for the job. */
export const unpackedKey = (job: JobAddress, source: number): string =>
  `${workPrefix(job)}unpacked/${padded(source)}`;

/** One page of the plan. */
export const planKey = (job: JobAddress, page: number): string =>
  `${workPrefix(job)}plan/${padded(page)}`;

/** One shard's part of a result: listed by name, the parts are in the order of the rows. */
export const partKey = (job: JobAddress, format: ResultFormat, shard: number): string =>
  `${partPrefix(job, format)}${padded(shard)}`;

export const partPrefix = (job: JobAddress, format: ResultFormat): string =>
  `${workPrefix(job)}parts/${format}/`;

function padded(index: number): string {
  return String(index).padStart(9, "0");
}

/** Marks a job that has not ended, for whoever looks for such jobs of all callers. */
export const ACTIVE_PREFIX = "active/";

export const activeKey = ({ scope, name }: JobAddress): string =>
  `${ACTIVE_PREFIX}${scope}/${name}`;

/** Which job an idempotency key of a caller has started. @param hash - Of the key. */
export const idempotencyKey = (scope: string, hash: string): string =>
  `${scope}/idempotency/${hash}`;

/** Says that the job shall stop, and as what. */
export const stopKey = (job: JobAddress): string => `${workPrefix(job)}stop`;

/** The files that a job reads. */
export const filesKey = (job: JobAddress): string => `${workPrefix(job)}files`;

/** What has become of one of them. */
export const sourceKey = (job: JobAddress, file: number): string =>
  `${workPrefix(job)}sources/${padded(file)}`;

/** How far a lane has come. */
export const laneKey = (job: JobAddress, lane: number): string =>
  `${workPrefix(job)}lanes/${padded(lane)}`;

/** How far the merge of a format's parts has come. */
export const mergeKey = (job: JobAddress, format: ResultFormat): string =>
  `${workPrefix(job)}merges/${format}`;

/** When a lane was last at work. */
export const beatKey = (job: JobAddress, lane: number): string =>
  `${workPrefix(job)}beats/${padded(lane)}`;
