/** A job's first steps: which files it reads, and each made readable from any row on. */
import { fail, ok, type Result } from "../errors.ts";
import { prepareFile } from "./input/prepare-file.ts";
import { joinRun } from "./input/trec.ts";
import { listFolder, resolveAddress, statFile } from "./input-address.ts";
import { filesKey, sourceKey, unpackedKey, type JobAddress } from "./job-keys.ts";
import type { JobRecord } from "./job-record.ts";
import type { Address, JobInput } from "./job-request.ts";
import { readJson, writeJson } from "./job-store.ts";
import type { RowProblem } from "./rows.ts";
import type { InputFile, Source } from "./source.ts";

/** What has become of an input; `problems` are of files whose rest can be read. */
export type Prepared =
  | { ok: true; value: Source; problems?: RowProblem[] }
  | { ok: false; problem: RowProblem };

/** What a job reads: files of rows, or the three of a TREC run. */
export type InputFiles =
  | { kind: "rows"; files: InputFile[] }
  | { kind: "run"; run: InputFile; queries: InputFile; collection: InputFile };

/**
 * Looks the inputs up, once for all: what comes into a folder later is not read.
 * @returns How many sources there will be
 */
export async function listInputs(
  bucket: R2Bucket,
  record: JobRecord,
  bucketName: string,
): Promise<Result<number>> {
  const known = await readJson<InputFiles>(bucket, filesKey(record));
  if (known) return ok(countOf(known));
  const files = await lookUp(bucket, record.request.input, record.scope, bucketName);
  if (!files.ok) return files;
  await writeJson(bucket, filesKey(record), files.value);
  return ok(countOf(files.value));
}

function countOf(files: InputFiles): number {
  return files.kind === "rows" ? files.files.length : 1;
}

async function lookUp(
  bucket: R2Bucket,
  input: JobInput,
  scope: string,
  bucketName: string,
): Promise<Result<InputFiles>> {
  const find = (address: Address): Promise<Result<InputFile[]>> =>
    findFiles(bucket, address, scope, bucketName);
  if (input.kind === "rows") {
    const files = await find(input.data);
    return files.ok ? ok({ kind: "rows", files: files.value }) : files;
  }
  const [run, queries, collection] = await Promise.all([
    find(input.run),
    find(input.queries),
    find(input.collection),
  ]);
  if (!run.ok) return run;
  if (!queries.ok) return queries;
  if (!collection.ok) return collection;
  const several = [run, queries, collection].find(({ value }) => value.length !== 1);
  if (several)
    return fail({
      kind: "invalid_value",
      param: "properties.InputData",
      problem: `must name one file each for run, queries and collection: a folder has ${several.value.length}`,
    });
  return ok({
    kind: "run",
    run: run.value[0]!,
    queries: queries.value[0]!,
    collection: collection.value[0]!,
  });
}

/** The files that an address means now. */
export async function findFiles(
  bucket: R2Bucket,
  { type, uri }: Address,
  scope: string,
  bucketName: string,
): Promise<Result<InputFile[]>> {
  const resolved = resolveAddress(uri, type, scope, bucketName);
  if (!resolved.ok) return resolved;
  if (resolved.value.kind === "folder") return listFolder(bucket, resolved.value.key);
  const file = await statFile(bucket, resolved.value.key);
  return file.ok ? ok([file.value]) : file;
}

/** Milliseconds after which a step that prepares or plans lets the next one go on. */
const SLICE_MS = 10_000;

/** Prepares inputs from one on. @returns The first that is left, or null */
export async function prepareFrom(
  bucket: R2Bucket,
  record: JobRecord,
  first: number,
): Promise<number | null> {
  const files = (await readJson<InputFiles>(bucket, filesKey(record)))!;
  const endsAtMs = Date.now() + SLICE_MS;
  for (let index = first; index < countOf(files); index++) {
    if (index > first && Date.now() >= endsAtMs) return index;
    if (await bucket.head(sourceKey(record, index))) continue;
    const prepared = await prepare(bucket, record, files, index);
    await writeJson(bucket, sourceKey(record, index), prepared);
  }
  return null;
}

function prepare(
  bucket: R2Bucket,
  record: JobRecord,
  files: InputFiles,
  index: number,
): Promise<Prepared> {
  const unpacked = unpackedKey(record, index);
  return files.kind === "rows"
    ? prepareFile(bucket, files.files[index]!, record.request.options, unpacked)
    : joinRun(bucket, files, unpacked);
}

export async function readPrepared(
  bucket: R2Bucket,
  job: JobAddress,
  index: number,
): Promise<Prepared> {
  return (await readJson<Prepared>(bucket, sourceKey(job, index)))!;
}
