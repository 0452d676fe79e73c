/** How close the engine is to float32 of the same checkpoint, and how well it ranks. */
import { kendallTau, mean, nDcg, reciprocalRank } from "../../tools/evaluation/measures.ts";
import { loadPackedModel } from "./engine-in-node.ts";
import type { Peers } from "./peers/prepare.ts";
import { float32Scorer } from "./peers/float32.ts";
import type { Measure, Section } from "./report.ts";
import { rankingTasks, readSlice, type RankingTask } from "./squad-slice.ts";

const K = 10;
const MAX_LOGIT_DIFFERENCE = 0.05;
const MIN_TAU = 0.99;
const MAX_NDCG_DIFFERENCE = 0.001;
const MIN_GAIN = 0.1;

/**
 * 20 questions with 50 candidates for the comparison with float32, 200 with 30 for the ranking. Of few candidates one pair of near ties in the
 * other order is already a tau under 0.99.
 */
const COMPARED = Array.from({ length: 20 }, () => 50);
const RANKED = Array.from({ length: 200 }, () => 30);

/** @param data - Folder with squad-v1.1/dev.jsonl.gz; without it only the slice is compared, and nothing is said of the ranking. */
export async function measureAccuracy(
  peers: Peers,
  data: string | undefined,
  print: (line: string) => void,
): Promise<Section> {
  const model = await loadPackedModel(peers.packedModel);
  const logitsOf = ({ query, documents }: RankingTask): Float32Array =>
    model.score(documents.map((document) => [query, document] as const));
  const compared = data === undefined ? await readSlice() : await rankingTasks(data, COMPARED);
  const ranked = data === undefined ? [] : await rankingTasks(data, RANKED);
  const measures = await compareWithFloat32(
    await float32Scorer(peers, model.tokenizer),
    compared,
    logitsOf,
  );
  if (ranked.length > 0) measures.push(compareWithBm25(ranked, logitsOf));
  for (const { what, ours, theirs } of measures)
    print(`${what}: ${ours}${theirs ? ` (${theirs})` : ""}`);
  return {
    title: "Accuracy",
    notes: [
      "The reference is the unpacked model, so with the very same weights, in float32 by native onnxruntime, on the same token ids. " +
        `Pairs: ${describe(compared)}. nDCG@${K} counts the passage a question was written for as the only relevant one.`,
      ...(ranked.length > 0
        ? [
            `Ranking: ${describe(ranked)}, spread evenly over the dev split; RR@${K} of the BM25 order (k1 0.9, b 0.4, all 2,067 passages, no stemming) and of ours on the same candidates. A question whose passage BM25 did not find counts 0 in both.`,
          ]
        : []),
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

function compareWithBm25(
  tasks: readonly RankingTask[],
  logitsOf: (task: RankingTask) => Float32Array,
): Measure {
  const ours = mean(tasks.map((task) => reciprocalRank(relevanceOf(task, logitsOf(task)), K)));
  const bm25 = mean(
    tasks.map(({ documents, relevant }) =>
      reciprocalRank(
        documents.map((_document, index) => Number(index === relevant)),
        K,
      ),
    ),
  );
  return {
    what: `RR@${K}, ${describe(tasks)}`,
    ours: ours.toFixed(3),
    peer: "BM25",
    theirs: bm25.toFixed(3),
    target: { text: `at least ${MIN_GAIN.toFixed(2)} over`, met: ours - bm25 >= MIN_GAIN },
  };
}

/** Relevance of the documents in the order of their logits; of equal ones the lower index first. */
function relevanceOf({ relevant }: RankingTask, logits: ArrayLike<number>): number[] {
  return Array.from(logits, (_logit, index) => index)
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .map((index) => Number(index === relevant));
}

/** "50 questions of SQuAD dev with 20 BM25 candidates each, 1,000 pairs". */
function describe(tasks: readonly RankingTask[]): string {
  const pairs = tasks.reduce((sum, { documents }) => sum + documents.length, 0);
  return `${tasks.length} questions of SQuAD dev with their BM25 candidates, ${pairs.toLocaleString("en")} pairs`;
}
