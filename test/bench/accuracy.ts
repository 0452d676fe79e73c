/** How close the engine is to float32 of the same checkpoint. */
import { kendallTau, mean, nDcg } from "../../tools/evaluation/measures.ts";
import { loadPackedModel } from "./engine-in-node.ts";
import type { Peers } from "./peers/prepare.ts";
import { float32Scorer } from "./peers/float32.ts";
import { describeTasks, logitsBy, relevanceOf } from "./ranked-tasks.ts";
import type { Measure, Section } from "./report.ts";
import { rankingTasks, readSlice, type RankingTask } from "./squad-slice.ts";

const K = 10;
const MAX_LOGIT_DIFFERENCE = 0.05;
const MIN_TAU = 0.99;
const MAX_NDCG_DIFFERENCE = 0.001;

/** 20 questions with 50 candidates: of few, one pair of near ties in the other order is already a tau under 0.99. */
const DEPTHS = Array.from({ length: 20 }, () => 50);

/** @param data - Folder with squad-v1.1/dev.jsonl.gz; without it the committed slice is compared. */
export async function measureAccuracy(
  peers: Peers,
  data: string | undefined,
  print: (line: string) => void,
): Promise<Section> {
  const model = await loadPackedModel(peers.packedModel);
  const tasks = data === undefined ? await readSlice() : await rankingTasks(data, DEPTHS);
  const measures = await compareWithFloat32(
    await float32Scorer(peers, model.tokenizer),
    tasks,
    logitsBy(model),
  );
  for (const { what, ours, theirs } of measures)
    print(`${what}: ${ours}${theirs ? ` (${theirs})` : ""}`);
  return {
    title: "Accuracy",
    notes: [
      "The reference is the unpacked model, so with the very same weights, in float32 by native onnxruntime, on the same token ids. " +
        `Pairs: ${describeTasks(tasks)}. nDCG@${K} counts the passage a question was written for as the only relevant one.`,
    ],
    measures,
  };
}

async function compareWithFloat32(
  reference: Awaited<ReturnType<typeof float32Scorer>>,
  tasks: readonly RankingTask[],
  logitsOf: (task: RankingTask) => Float32Array,
): Promise<Measure[]> {
  const differences: number[] = [];
  const taus: number[] = [];
  const ours: number[] = [];
  const theirs: number[] = [];
  for (const task of tasks) {
    const logits = logitsOf(task);
    const expected = await reference(task.query, task.documents);
    differences.push(...logits.map((logit, index) => Math.abs(logit - expected[index]!)));
    taus.push(kendallTau(logits, expected));
    const judged = task.relevant < 0 ? [] : [1];
    ours.push(nDcg(relevanceOf(task, logits), judged, K));
    theirs.push(nDcg(relevanceOf(task, expected), judged, K));
  }
  const greatest = Math.max(...differences);
  const leastTau = Math.min(...taus);
  const nDcgDifference = Math.abs(mean(ours) - mean(theirs));
  return [
    {
      what: "greatest difference of a logit from float32",
      ours: `${greatest.toFixed(4)} (mean ${mean(differences).toFixed(4)})`,
      target: { text: `at most ${MAX_LOGIT_DIFFERENCE}`, met: greatest <= MAX_LOGIT_DIFFERENCE },
    },
    {
      what: "Kendall's tau of a query's order and float32's",
      ours: `${leastTau.toFixed(4)} at least (mean ${mean(taus).toFixed(4)})`,
      target: { text: `at least ${MIN_TAU} each`, met: leastTau >= MIN_TAU },
    },
    {
      what: `nDCG@${K}`,
      ours: mean(ours).toFixed(4),
      peer: "float32",
      theirs: mean(theirs).toFixed(4),
      target: { text: `within ${MAX_NDCG_DIFFERENCE}`, met: nDcgDifference <= MAX_NDCG_DIFFERENCE },
    },
  ];
}
