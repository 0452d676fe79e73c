/** Jobs that run undisturbed and then with power cuts: what they read, and when the power is cut. */
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { seededRandom } from "../../../tools/evaluation/random.ts";
import { jobBody, putFile } from "./client.ts";
import type { Cuts } from "./power-cuts.ts";
import { pick, SYNTHETIC_WORDS, writePairs, writeRankings, type PairFile } from "./rows.ts";

export interface Scenario {
  name: string;
  /** Of all its files together. */
  rows: number;
  cuts: Cuts;
  /** Whether the rows are scored by a backend that fails now and then. */
  hasBackend: boolean;
  body: object;
  /** Makes the input and uploads it. @param folder - For the files on their way. */
  upload(url: string, folder: string): Promise<void>;
}

export interface ScenarioSize {
  /** Of the longest job. */
  rows: number;
  /** Of that job; the others have fewer. */
  kills: number;
  seed: number;
}

/** Rows of the jobs that are about other things than many rows, as a share of the longest job's; and lists, which are several pairs each, of those. */
const SHORTER = 1 / 5;

/** The backend of the tests takes one query a call, as most do. */
const ROWS_A_QUERY = 20;

export function scenariosOf({ rows, kills, seed }: ScenarioSize): Scenario[] {
  const half = Math.ceil(rows / 2);
  const short = Math.ceil(rows * SHORTER);
  const few = Math.ceil(short * SHORTER);
  const some = (share: number): number => Math.max(1, Math.round(kills * share));
  const pairs: PairFile = { rows, seed, words: SYNTHETIC_WORDS, hasBadRows: true };
  const shortPairs = { ...pairs, rows: short };
  return [
    {
      name: "one long file",
      rows,
      // Those at its end are beyond the number: whether there is time for them is up to the machine.
      cuts: {
        Submitting: 1,
        Queued: 1,
        Preparing: 1,
        Running: Math.max(0, kills - 3),
        Finalizing: 2,
      },
      hasBackend: false,
      body: jobBody("files/long/pairs.csv"),
      upload: (url, folder) => uploadPairs(url, folder, "long/pairs.csv", pairs),
    },
    {
      name: "a folder: CSV, gzip, Parquet, JSON lines",
      rows: 3 * short + few,
      cuts: {
        Submitting: some(0.05),
        Queued: some(0.05),
        Preparing: some(0.2),
        Running: some(0.1),
        Finalizing: some(0.2),
      },
      hasBackend: false,
      body: jobBody("files/folder/"),
      async upload(url, folder) {
        await uploadPairs(url, folder, "folder/a.csv", shortPairs);
        await uploadPairs(url, folder, "folder/b.csv.gz", { ...shortPairs, isGzip: true });
        await uploadParquet(url, folder, "folder/c.parquet", shortPairs);
        const path = join(folder, "rankings");
        await writeRankings(path, { ...pairs, rows: few });
        await putFile(url, "folder/d.jsonl", path);
      },
    },
    {
      name: "three lanes",
      rows: half,
      cuts: { Submitting: 0, Queued: 0, Preparing: 0, Running: some(0.25), Finalizing: 1 },
      hasBackend: false,
      body: jobBody("files/lanes/pairs.csv", { compute: { instanceCount: 3 } }),
      upload: (url, folder) =>
        uploadPairs(url, folder, "lanes/pairs.csv", { ...pairs, rows: half }),
    },
    {
      name: "a backend that fails in a fifth of its calls",
      rows: half,
      cuts: { Submitting: 0, Queued: 0, Preparing: 0, Running: some(0.25), Finalizing: 0 },
      hasBackend: true,
      body: jobBody("files/backend/pairs.csv", { properties: { route: "backend" } }),
      upload: (url, folder) =>
        uploadPairs(url, folder, "backend/pairs.csv", {
          ...pairs,
          rows: half,
          rowsAQuery: ROWS_A_QUERY,
        }),
    },
  ];
}

async function uploadPairs(
  url: string,
  folder: string,
  name: string,
  file: PairFile,
): Promise<void> {
  const path = join(folder, "pairs");
  await writePairs(path, file);
  await putFile(url, name, path);
}

async function uploadParquet(
  url: string,
  folder: string,
  name: string,
  { rows, seed, words }: PairFile,
): Promise<void> {
  const path = join(folder, "parquet");
  const random = seededRandom(seed);
  const texts = (): string[] =>
    Array.from({ length: rows }, () => `${pick(random, words)} ${pick(random, words)}`);
  await parquetWriteFile({
    filename: path,
    columnData: [
      { name: "query", data: texts(), type: "STRING" },
      { name: "document", data: texts(), type: "STRING" },
    ],
    rowGroupSize: 1_000,
  });
  await putFile(url, name, path);
}
