/** Plots of scores and of times. */
import { calibrationOf, areLogits, type Latencies, type ScoredPair } from "./ranking-report.ts";
import { histogram, outline } from "./histogram.ts";
import { formatCount, formatMeasure, formatThreeDigits } from "./numbers.ts";
import { plotFigure, roundTicks, type Scale } from "./plot.ts";

const NUM_BINS = 40;
const UNIT_TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Histograms of the scores of relevant documents and of the others, each as shares of its own number. */
export function distributionPlot(pairs: readonly ScoredPair[]): string {
  const [from, to] = areLogits(pairs) ? extent(pairs) : [0, 1];
  const shares = (relevant: boolean): number[] => {
    const scores = pairs.filter((pair) => pair.relevant === relevant).map(({ score }) => score);
    const counts = histogram(scores, from, to, NUM_BINS);
    return counts.map((count) => count / Math.max(1, scores.length));
  };
  const relevant = shares(true);
  const others = shares(false);
  const most = Math.max(...relevant, ...others, 0.01);
  const numRelevant = pairs.filter((pair) => pair.relevant).length;
  return plotFigure(
    {
      title: "Scores of relevant and other documents",
      description: `Two histograms of the model's ${areLogits(pairs) ? "logits" : "scores"}. The less they overlap, the better they are told apart.`,
      x: {
        label: areLogits(pairs) ? "logit" : "score",
        from,
        to,
        ticks: roundTicks(from, to),
      },
      y: {
        label: "share",
        from: 0,
        to: most * 1.05,
        ticks: roundTicks(0, most * 1.05, 4),
        format: percent,
      },
      draw: (x, y) =>
        `<path class="loss-area" d="${outline(others, from, to, x, y)}"/><path class="gain-area" d="${outline(relevant, from, to, x, y)}"/>`,
    },
    "Each as shares of its own number; a document without a judgement is among the others.",
    [
      ["gain", `${formatCount(numRelevant)} relevant`],
      ["loss", `${formatCount(pairs.length - numRelevant)} others`],
    ],
  );
}

/** Share of relevant documents by score: on the diagonal a score is a probability. */
export function reliabilityPlot(pairs: readonly ScoredPair[]): string {
  const { bins, error } = calibrationOf(pairs);
  const scores = areLogits(pairs) ? "the logits' sigmoid" : "the score";
  return plotFigure(
    {
      title: "Reliability of the scores",
      description: `Bars: share of relevant documents among those whose score is in a tenth of the range. Expected calibration error ${formatMeasure(error)}.`,
      x: { label: "score", from: 0, to: 1, ticks: UNIT_TICKS },
      y: { label: "relevant", from: 0, to: 1, ticks: UNIT_TICKS, format: percent },
      draw(x, y) {
        const bars = bins
          .filter(({ count }) => count > 0)
          .map(({ from, to, count, meanScore, relevantShare }) => {
            const width = x(to) - x(from) - 2;
            const title = `${from} to ${to}: ${formatCount(count)} documents, ${percent(relevantShare)} relevant, mean score ${meanScore.toFixed(3)}`;
            return `<rect class="gain-area" x="${x(from) + 1}" width="${width}" y="${y(relevantShare)}" height="${y(0) - y(relevantShare)}"><title>${title}</title></rect>`;
          });
        return `${bars.join("")}<path class="even" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>`;
      },
    },
    `Expected calibration error ${formatMeasure(error)}, of ${scores} in ten bins. On the diagonal a score would be the probability of relevance.`,
  );
}

/** Histogram of the queries' times with p50, p95 and p99. */
export function latencyPlot({ values, p50, p95, p99 }: Latencies): string {
  const to = Math.max(...values, 1) * 1.02;
  const counts = histogram(values, 0, to, NUM_BINS);
  const most = Math.max(...counts, 1);
  const marks = [
    ["p50", p50],
    ["p95", p95],
    ["p99", p99],
  ] as const;
  const remark = marks.map(([name, ms]) => `${name} ${formatThreeDigits(ms)} ms`).join(", ");
  return plotFigure(
    {
      title: "Time a query",
      description: `Histogram of the time that scoring a query's candidates took: ${remark}.`,
      x: { label: "milliseconds", from: 0, to, ticks: roundTicks(0, to), format: formatCount },
      y: {
        label: "queries",
        from: 0,
        to: most * 1.25,
        ticks: roundTicks(0, most * 1.25, 4).filter(Number.isInteger),
        format: formatCount,
      },
      draw: (x, y) =>
        `<path class="gain-area" d="${outline(counts, 0, to, x, y)}"/>${marks.map((mark, index) => markLine(mark, index, x, y, most)).join("")}`,
    },
    `${remark}, for all candidates of a query.`,
  );
}

/** A vertical line; labels stand on heights of their own, since lines may be close together. */
function markLine(
  [name, ms]: readonly [string, number],
  index: number,
  x: Scale,
  y: Scale,
  most: number,
): string {
  const top = y(most * (1.22 - 0.075 * index));
  return `<line class="mark" x1="${x(ms)}" x2="${x(ms)}" y1="${y(0)}" y2="${top}"/><text class="mark-label" x="${x(ms) - 4}" y="${top + 9}" text-anchor="end">${name}</text>`;
}

function extent(pairs: readonly ScoredPair[]): [from: number, to: number] {
  let from = Infinity;
  let to = -Infinity;
  for (const { score } of pairs) {
    from = Math.min(from, score);
    to = Math.max(to, score);
  }
  return [from, to > from ? to : from + 1];
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}
