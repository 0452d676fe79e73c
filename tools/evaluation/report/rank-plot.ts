/** How far down the first relevant document stands. */
import type { ScoredTask } from "../comparison.ts";
import type { Qrels } from "../datasets/qrels.ts";
import { trecOrder } from "../trec-order.ts";
import { plotFigure, type Scale } from "./plot.ts";

const MAX_RANK = 20;

/** Share of the queries whose first relevant document is at a rank or above it, before and after. */
export function rankPlot(tasks: readonly ScoredTask[], qrels: Qrels): string {
  const shares = (scoreOf: (task: ScoredTask, index: number) => number): number[] => {
    const ranks = tasks.map((task) => firstRelevantRank(task, qrels, scoreOf));
    return Array.from(
      { length: MAX_RANK },
      (_, index) => ranks.filter((rank) => rank <= index + 1).length / tasks.length,
    );
  };
  const before = shares(({ candidates }, index) => candidates[index]!.score);
  const after = shares(({ scores }, index) => scores[index]!);
  const percent = (share: number): string => `${Math.round(share * 100)}%`;
  const remark = `At the first rank for ${percent(before[0]!)} of the queries before and ${percent(after[0]!)} after; among the first ten for ${percent(before[9]!)} and ${percent(after[9]!)}.`;
  return plotFigure(
    {
      title: "First relevant document by rank",
      description: `Two rising lines: the share of queries that have a relevant document at this rank or above. ${remark}`,
      x: { label: "rank", from: 0, to: MAX_RANK, ticks: [1, 5, 10, 15, 20] },
      y: {
        label: "queries",
        from: 0,
        to: 1,
        ticks: [0, 0.25, 0.5, 0.75, 1],
        format: percent,
      },
      draw: (x, y) =>
        `<path class="loss-line" d="${steps(before, x, y)}"/><path class="gain-line" d="${steps(after, x, y)}"/>`,
    },
    remark,
    [
      ["gain", "reranked"],
      ["loss", "first stage"],
    ],
  );
}

/** From 1; Infinity if no candidate is relevant. */
function firstRelevantRank(
  task: ScoredTask,
  qrels: Qrels,
  scoreOf: (task: ScoredTask, index: number) => number,
): number {
  const judgements = qrels.get(task.queryId);
  const order = trecOrder(
    task.candidates.map(({ docId }, index) => ({ docId, score: scoreOf(task, index) })),
  );
  const place = order.findIndex(({ docId }) => (judgements?.get(docId) ?? 0) > 0);
  return place < 0 ? Infinity : place + 1;
}

/** A step is as wide as its rank: from half a rank before to half a rank after. */
function steps(shares: readonly number[], x: Scale, y: Scale): string {
  const parts = shares.map((share, index) => `V${y(share)}H${x(Math.min(MAX_RANK, index + 1.5))}`);
  return `M${x(0.5)} ${y(shares[0]!)}${parts.join("")}`;
}
