/** What the command line of `rerank batch` asks for. */
import { basename, resolve } from "node:path";
import type { JobFormat } from "../../job-types.ts";
import { countOption, wordOption, type Values } from "../command.ts";
import { SERVICE_HELP, SERVICE_OPTIONS } from "../connection.ts";
import { UsageError } from "../failure.ts";

export const BATCH_OPTIONS = {
  output: { type: "string", short: "o" },
  format: { type: "string", short: "f" },
  errors: { type: "string" },
  columns: { type: "string" },
  delimiter: { type: "string" },
  "input-format": { type: "string" },
  run: { type: "string" },
  queries: { type: "string" },
  collection: { type: "string" },
  model: { type: "string", short: "m" },
  route: { type: "string" },
  "error-threshold": { type: "string" },
  instances: { type: "string" },
  detach: { type: "boolean" },
  resume: { type: "string" },
  keep: { type: "boolean" },
  quiet: { type: "boolean" },
  ...SERVICE_OPTIONS,
} as const;

export const BATCH_HELP = `Scores the rows of files as a job of a service: uploads them, waits, and downloads the results. Files are CSV with a header, JSON lines or
Parquet, also packed with gzip; several, or a folder's, are read as one, and results tell their rows apart by the files' names. A row is a
text (columns text or input_string), a pair (query, document), or a query with a list of documents (query, documents).

  -o, --output FILE         where the results go, - for stdout; a file that is there is replaced once all of them have come
  -f, --format FORMAT       scores, csv, jsonl, parquet or trec (default: by the output's name: scores for .csv, csv, which is Azure
                            ML's, for predictions.csv, jsonl for .jsonl and .ndjson, parquet for .parquet, trec for .trec and .run)
      --errors FILE         where rows go that could not be read or scored, as JSON lines
      --columns NAMES       names of columns, such as query=question,document=passage
      --delimiter CHARACTER of CSV (default: a comma), such as ; or \\t
      --input-format FORMAT csv, jsonl or parquet (default: by each file's name and beginning)
      --run FILE            a TREC run that is ranked again, with
      --queries FILE        its queries, and
      --collection FILE     its documents: an id, a tab and a text a line
  -m, --model NAME          a model of the service (default: its own default)
      --route WHERE         auto (default), edge or backend
      --error-threshold N   the job fails if more rows do (default: it goes on, whatever fails)
      --instances COUNT     shards that are scored at once (default 1)
      --detach              prints the job's name once it has started, and leaves it to itself
      --resume JOB          waits for a job that was started before, and downloads its results
      --keep                leaves the uploaded files at the service (default: deleted when the job has ended well)
      --quiet               no progress, and no notes but of rows that failed
${SERVICE_HELP}
      --timeout SECONDS     for each try (default 60), and more for what is uploaded

A connection that breaks, or a service that is away, is waited for some minutes. A command that was ended is taken up where it was by the same
command line: what it takes for that is kept in OUTPUT.batch-state until the results are there. Ctrl-C leaves the job at work; at a terminal it
asks first whether to cancel it. Rows that could not be scored are no failure: they are counted at the end, and --errors has their reasons.`;

/** Files by what they are to the job. */
export type BatchInputs =
  | { kind: "rows"; files: readonly string[] }
  | { kind: "run"; files: Readonly<Record<RunFile, string>> };

export const RUN_FILES = ["run", "queries", "collection"] as const;
export type RunFile = (typeof RUN_FILES)[number];

/** Where a job comes from, and where its results go. */
export interface BatchPlan {
  source: { kind: "new"; inputs: BatchInputs } | { kind: "resume"; job: string };
  /** Undefined of a job that is left to itself. */
  results: { output: string; format: JobFormat } | undefined;
  errors: string | undefined;
  errorThreshold: number | undefined;
  instances: number | undefined;
  route: "auto" | "edge" | "backend" | undefined;
  inputFormat: "csv" | "jsonl" | "parquet" | undefined;
}

/** @throws UsageError for what cannot be meant */
export function batchPlan(
  values: Values<typeof BATCH_OPTIONS>,
  files: readonly string[],
): BatchPlan {
  const { output, detach, errors } = values;
  const source = sourceOf(values, files);
  if (detach && source.kind === "resume")
    throw new UsageError(
      "A job that is waited for is not left to itself: give --resume or --detach.",
    );
  if (detach && (output || errors))
    throw new UsageError(
      "A job that is left to itself has no results yet: --detach takes neither --output nor --errors.",
    );
  const format = wordOption("format", values.format, FORMATS);
  const results = detach ? undefined : resultsOf(output, format);
  checkPlaces([output, errors], source);
  return {
    source,
    results,
    errors,
    errorThreshold: thresholdOf(values["error-threshold"]),
    instances: countOption("instances", values.instances),
    route: wordOption("route", values.route, ["auto", "edge", "backend"]),
    inputFormat: wordOption("input-format", values["input-format"], ["csv", "jsonl", "parquet"]),
  };
}

function sourceOf(
  values: Values<typeof BATCH_OPTIONS>,
  files: readonly string[],
): BatchPlan["source"] {
  const { resume, run, queries, collection } = values;
  const isRun = [run, queries, collection].some((file) => file !== undefined);
  if (resume !== undefined) {
    if (files.length > 0 || isRun)
      throw new UsageError("--resume takes no files: the job has them.");
    if (!/[^/]$/.test(resume)) throw new UsageError("--resume takes a job's name.");
    return { kind: "resume", job: resume };
  }
  if (isRun) {
    if (run === undefined || queries === undefined || collection === undefined)
      throw new UsageError("A TREC run is three files: --run, --queries and --collection.");
    if (files.length > 0)
      throw new UsageError("Either files of rows are scored, or a TREC run: give FILEs or --run.");
    return checked({ kind: "run", files: { run, queries, collection } });
  }
  if (files.length === 0) throw new UsageError("Name the file whose rows are scored.");
  return checked({ kind: "rows", files });
}

function checked(inputs: BatchInputs): BatchPlan["source"] {
  if (pathsOf(inputs).includes("-"))
    throw new UsageError(
      "batch reads files, not stdin, which could not be read again if the connection breaks: write it to a file first.",
    );
  return { kind: "new", inputs };
}

function pathsOf({ files }: BatchInputs): string[] {
  return Object.values(files);
}

/** What is written must not take the place of what is read, or of one another. */
function checkPlaces(outputs: readonly (string | undefined)[], source: BatchPlan["source"]): void {
  const paths = outputs.filter((path) => path !== undefined);
  if (source.kind === "new") paths.push(...pathsOf(source.inputs));
  const places = paths.map((path) => (path === "-" ? path : resolve(path)));
  const twice = places.findIndex((place, index) => places.indexOf(place) !== index);
  if (twice !== -1)
    throw new UsageError(
      `Inputs, output and errors must be different files: ${paths[twice]} is two.`,
    );
}

const FORMATS = ["csv", "scores", "jsonl", "parquet", "trec"] as const;

function resultsOf(
  output: string | undefined,
  format: JobFormat | undefined,
): BatchPlan["results"] {
  if (!output) throw new UsageError("Say where the results go, such as with -o scores.csv.");
  const chosen = format ?? formatOf(output);
  if (chosen === undefined)
    throw new UsageError(
      "Say what form the results have, with --format: the output's name ends with none of .csv, .jsonl, .ndjson, .parquet, .trec and .run.",
    );
  return { output, format: chosen };
}

/** The format that an output's name speaks of. */
export function formatOf(output: string): JobFormat | undefined {
  if (basename(output).toLowerCase() === "predictions.csv") return "csv";
  switch (/\.([a-z]+)$/i.exec(output)?.[1]?.toLowerCase()) {
    case "csv":
      return "scores";
    case "jsonl":
    case "ndjson":
      return "jsonl";
    case "parquet":
      return "parquet";
    case "trec":
    case "run":
      return "trec";
    default:
      return undefined;
  }
}

function thresholdOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^(-1|[0-9]{1,15})$/.test(value)) return Number(value);
  throw new UsageError("--error-threshold takes a whole number, or -1 for any number of rows.");
}
