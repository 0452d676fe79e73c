/**
 * Local mode in Node beside the engine alone, with one thread: `node test/sdk-local/speed.ts [rounds]`. Each round measures both, by turns which
 * comes first, and gives a ratio; of those the median counts. Run on an idle machine; ends with an error if local mode takes over 5 % more.
 */
import assert from "node:assert/strict";
import { loadPackedModel } from "../bench/engine-in-node.ts";
import { createLocalClient } from "../../sdk/local/index.ts";
import { IRON, MANY, MODEL } from "./requests.ts";

const MAX_RATIO = 1.05;
const rounds = Number(process.argv[2] ?? 30);

const encoder = await loadPackedModel(MODEL);
const client = await createLocalClient({ model: MODEL });

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function millisecondsOf(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

let isSlow = false;
for (const [name, request, repeats] of [
  ["4 short documents", IRON, 20],
  ["24 documents of 120 tokens", MANY, 1],
] as const) {
  const { query, documents } = request;
  const pairs = documents.map((document) => [query, document] as const);
  const repeated = async (work: () => unknown): Promise<void> => {
    for (let repeat = 0; repeat < repeats; repeat++) await work();
  };
  const alone = () => millisecondsOf(() => repeated(() => encoder.score(pairs)));
  const local = () => millisecondsOf(() => repeated(() => client.rerank(request)));
  // To warm up.
  for (let round = 0; round < 3; round++) {
    await alone();
    await local();
  }
  const engineMs: number[] = [];
  const localMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) engineMs.push(await alone());
    localMs.push(await local());
    if (round % 2 === 1) engineMs.push(await alone());
  }
  const ratio = median(localMs.map((ms, round) => ms / engineMs[round]!));
  console.log(
    `${name}: engine alone ${(median(engineMs) / repeats).toFixed(2)} ms, local mode ${(median(localMs) / repeats).toFixed(2)} ms, median ratio ${ratio.toFixed(3)}`,
  );
  isSlow ||= ratio > MAX_RATIO;
}
assert.ok(!isSlow, "local mode is slower than it promises");
