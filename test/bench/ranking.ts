/** How well the engine ranks, beside BM25. */
import { mean, reciprocalRank } from "../../tools/evaluation/measures.ts";
import { UserError } from "../../tools/user-error.ts";
import { loadPackedModel } from "./engine-in-node.ts";
import type { Peers } from "./peers/prepare.ts";
import { describeTasks, logitsBy, relevanceOf } from "./ranked-tasks.ts";
import type { Section } from "./report.ts";
import { rankingTasks } from "./squad-slice.ts";

const K = 10;
const MIN_GAIN = 0.1;

const DEPTHS = Array.from({ length: 200 }, () => 30);

/**
 * @param data - Folder with squad-v1.1/dev.jsonl.gz.
 * @throws UserError without it
 */
export async function measureRanking(
  peers: Peers,
  data: string | undefined,
  print: (line: string) => void,
): Promise<Section> {
  if (data === undefined) throw new UserError("the section ranking needs --data");
  const logitsOf = logitsBy(await loadPackedModel(peers.packedModel));
  const tasks = await rankingTasks(data, DEPTHS);
  const ours = mean(tasks.map((task) => reciprocalRank(relevanceOf(task, logitsOf(task)), K)));
  const bm25 = mean(
    tasks.map(({ documents, relevant }) =>
      reciprocalRank(
        documents.map((_document, index) => Number(index === relevant)),
        K,
      ),
    ),
  );
  print(`RR@${K}: ${ours.toFixed(3)} (BM25: ${bm25.toFixed(3)})`);
  return {
    title: "Ranking",
    notes: [
      `${describeTasks(tasks)}, spread evenly over the dev split; RR@${K} of the BM25 order (k1 0.9, b 0.4, all 2,067 passages, no stemming) and of ours on the same candidates. A question whose passage BM25 did not find counts 0 in both.`,
    ],
    measures: [
      {
        what: `RR@${K}, ${describeTasks(tasks)}`,
        ours: ours.toFixed(3),
        peer: "BM25",
        theirs: bm25.toFixed(3),
        target: { text: `at least ${MIN_GAIN.toFixed(2)} over`, met: ours - bm25 >= MIN_GAIN },
      },
    ],
  };
}
