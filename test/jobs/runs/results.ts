/** A job's results, as far as two runs of the same job must have the same. */
import { parquetReadObjects } from "hyparquet";
import { readResult, sha256, type Job } from "./client.ts";

export interface Results {
  /** SHA-256 of each result's bytes by format. */
  digests: Readonly<Record<string, string>>;
  bytes: number;
}

/**
 * Reads all of a job's results.
 * @throws Error if a row of the input is there twice, or not at all
 */
export async function readResults(url: string, job: Job, rows: number): Promise<Results> {
  const digests: Record<string, string> = {};
  let bytes = 0;
  const texts: Record<string, Buffer> = {};
  for (const format of Object.keys(job.properties.results)) {
    const content = await readResult(url, job.name, format);
    texts[format] = content;
    bytes += content.length;
    // A run's tag is the name of its job.
    digests[format] = sha256(
      format === "trec" ? content.toString().replaceAll(job.name, "TAG") : content,
    );
  }
  const { scored, failed, rows: planned } = job.properties.progress;
  if (planned !== rows || scored + failed !== rows)
    throw new Error(`of ${rows} rows, ${planned} were planned, ${scored} scored, ${failed} failed`);
  const good = keysOf(texts["jsonl"]);
  const bad = keysOf(texts["errors"]);
  const all = new Set([...good, ...bad]);
  if (good.length !== scored || bad.length !== failed || all.size !== rows)
    throw new Error(
      `${scored} rows were scored and ${failed} failed; the results have ${good.length} and ${bad.length}, ${all.size} of them different`,
    );
  await checkParquet(texts["parquet"]!, texts["scores"]!.toString());
  return { digests, bytes };
}

/** Names of the formats in which two results differ, or that only one of them has. */
export function differences(one: Results, other: Results): string[] {
  const formats = new Set([...Object.keys(one.digests), ...Object.keys(other.digests)]);
  return [...formats].filter((format) => one.digests[format] !== other.digests[format]);
}

/** File and row of each JSON line. */
function keysOf(lines: Buffer | undefined): string[] {
  if (lines === undefined) return [];
  return lines
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const { file, row } = JSON.parse(line) as { file: string; row: number };
      return `${file}:${row}`;
    });
}

/** A Parquet file is joined of many; another's reader must find as many lines in it as the CSV has. */
async function checkParquet(parquet: Buffer, csv: string): Promise<void> {
  const file = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.length);
  const lines = await parquetReadObjects({ file: file as ArrayBuffer });
  const expected = csv.split("\n").length - 2;
  if (lines.length !== expected)
    throw new Error(`results.parquet has ${lines.length} lines, scores.csv ${expected}`);
}
