/**
 * The benchmark's real texts: questions of SQuAD v1.1 dev with their BM25 candidates, in `test/fixtures/squad-slice.jsonl.gz`.
 *
 * Run as a program it makes that file: `node test/bench/squad-slice.ts DIR`, where DIR holds squad-v1.1/dev.jsonl.gz.
 * The texts are by Rajpurkar et al. 2016 (https://arxiv.org/abs/1606.05250) from Wikipedia, CC BY-SA 4.0.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { Bm25 } from "../../tools/evaluation/bm25.ts";
import { readSquadDev, spread } from "../../tools/evaluation/squad.ts";
import { ROOT } from "./paths.ts";

/** A question and its candidates, best BM25 score first. */
export interface RankingTask {
  query: string;
  documents: string[];
  /** Place of the passage the question was written for among the candidates; -1 if BM25 did not find it. */
  relevant: number;
}

const FILE = join(ROOT, "test/fixtures/squad-slice.jsonl.gz");

/** Candidates of each question in the slice. */
const DEPTHS = [32, 32, 32, 32, 100];

/** The committed slice: four questions with 32 candidates and one with 100. */
export async function readSlice(): Promise<RankingTask[]> {
  const lines = gunzipSync(await readFile(FILE))
    .toString()
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as RankingTask);
}

/** As many questions as `depths`, spread over the dev split, each with its best candidates of all 2,067 passages. */
export async function rankingTasks(
  folder: string,
  depths: readonly number[],
): Promise<RankingTask[]> {
  const { documents, questions } = await readSquadDev(folder);
  const index = new Bm25(documents);
  return spread(questions, depths.length).map(({ text, relevant }, place) => {
    const candidates = index.search(text, depths[place]!);
    return {
      query: text,
      documents: candidates.map((candidate) => documents[candidate.index]!),
      relevant: candidates.findIndex((candidate) => candidate.index === relevant),
    };
  });
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("name the folder that holds squad-v1.1/dev.jsonl.gz");
  const tasks = await rankingTasks(folder, DEPTHS);
  const text = tasks.map((task) => `${JSON.stringify(task)}\n`).join("");
  await writeFile(FILE, gzipSync(text, { level: 9 }));
}
