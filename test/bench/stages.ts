/** Share of each stage in the time of a scoring. */
import { join } from "node:path";
import type { Peers } from "./peers/prepare.ts";
import type { ProfileJob } from "./profile.ts";
import type { Section } from "./report.ts";
import { run } from "./run.ts";
import { readSlice } from "./squad-slice.ts";
import { STAGES, type Stage } from "./stage-names.ts";
import { spreadOf } from "./statistics.ts";

const WHAT_A_STAGE_IS: Record<Stage, string> = {
  tokenize: "texts to token ids, pairs cut and joined",
  embed: "three rows of the tables added up",
  products:
    "int16 by int8 products of query, key, value, attention output, feed-forward and pooler",
  attention:
    "queries, keys and values quantized and reordered a head; scores and context, int16 products",
  softmax: "probabilities from scores, quantized",
  GELU: "of the feed-forward network",
  LayerNorm: "with the residual's addition",
  quantize: "activations to int16 before each product with weights",
  other: "the encoder's own steps, the binding, memory management of JavaScript",
};

const ITERATIONS = 8;

export async function measureStages(
  { packedModel }: Peers,
  rounds: number,
  print: (line: string) => void,
): Promise<Section> {
  const task = (await readSlice()).find(({ documents }) => documents.length === 32)!;
  const { query, documents } = task;
  const job: ProfileJob = { packedModel, query, documents, warmUps: 2, iterations: ITERATIONS };
  const program = join(import.meta.dirname, "profile.ts");
  const shares = new Map<Stage, number[]>(STAGES.map((stage) => [stage, []]));
  for (let round = 0; round < rounds; round++) {
    const microseconds = JSON.parse(
      await run(process.execPath, [program], { input: JSON.stringify(job) }),
    ) as Record<Stage, number>;
    const total = Object.values(microseconds).reduce((sum, value) => sum + value, 0);
    for (const stage of STAGES) shares.get(stage)!.push((100 * microseconds[stage]) / total);
  }
  const rows = STAGES.map((stage) => {
    const { median, min, max } = spreadOf(shares.get(stage)!);
    const share = `${median.toFixed(1)} % [${min.toFixed(1)} to ${max.toFixed(1)}]`;
    print(`${stage}: ${share}`);
    return [stage, share, WHAT_A_STAGE_IS[stage]];
  });
  return {
    title: "Share of each stage",
    notes: [
      `Scoring 32 pairs of real lengths, texts to logits, ${ITERATIONS} times after two to warm up, under V8's sampling profiler. Shares are the time of the samples in each kernel of the shipped module.`,
    ],
    measures: [],
    table: { head: ["stage", "share of the time", "what it is"], rows },
  };
}
