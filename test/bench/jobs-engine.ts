/**
 * The engine alone on a job's rows, in a process of its own: `node jobs-engine.ts MODEL FILE` loads a packed model, scores the CSV's pairs
 * once to warm up as many as a shard has, then all of them, and writes the seconds of that to stdout. Reading the file is not counted.
 */
import { readFileSync } from "node:fs";
import Papa from "papaparse";
import { JOB_LIMITS } from "../../worker/limits.ts";
import { loadPackedModel } from "./engine-in-node.ts";

const [folder, file] = process.argv.slice(2) as [string, string];
const model = await loadPackedModel(folder);
const { data } = Papa.parse<[string, string]>(readFileSync(file, "utf8").trimEnd());
const pairs = data.slice(1);
const shards: [string, string][][] = [];
for (let start = 0; start < pairs.length; start += JOB_LIMITS.maxShardRows)
  shards.push(pairs.slice(start, start + JOB_LIMITS.maxShardRows));
model.score(shards[0]!);
const startMs = performance.now();
for (const shard of shards) model.score(shard);
process.stdout.write(String((performance.now() - startMs) / 1_000));
