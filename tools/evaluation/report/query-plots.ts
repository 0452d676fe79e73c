/** Plots with a mark for each query. */
import type { QueryOutcome } from "../comparison.ts";
import { outline } from "./histogram.ts";
import { escapeHtml } from "./html.ts";
import { formatCount } from "./numbers.ts";
import { plotFigure, roundTicks } from "./plot.ts";

const MAIN = "nDCG@10";
const UNIT_TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Bars of the queries' differences, from the greatest gain to the greatest loss. */
export function differencePlot(queries: readonly QueryOutcome[]): string {
  const differences = queries.map(change).sort((a, b) => b - a);
  const gained = differences.filter((value) => value > 0).length;
  const lost = differences.filter((value) => value < 0).length;
  const most = Math.max(0.1, ...differences.map(Math.abs));
  const remark = `${formatCount(gained)} queries gained, ${formatCount(lost)} lost, ${formatCount(queries.length - gained - lost)} stayed the same.`;
  return plotFigure(
    {
      title: `Difference in ${MAIN} by query`,
      description: `Sorted bars, one a query. ${remark}`,
      x: {
        label: "queries, most gained first",
        from: 0,
        to: Math.max(1, differences.length),
        ticks: roundTicks(0, Math.max(1, differences.length)).filter(Number.isInteger),
        format: formatCount,
      },
      y: {
        label: "reranked − first stage",
        from: -most,
        to: most,
        ticks: roundTicks(-most, most, 4),
      },
      draw(x, y) {
        const part = (keep: (value: number) => boolean): string =>
          outline(
            differences.map((value) => (keep(value) ? value : 0)),
            0,
            differences.length,
            x,
            y,
          );
        return (
          `<path class="gain" d="${part((value) => value > 0)}"/><path class="loss" d="${part((value) => value < 0)}"/>` +
          `<line class="axis" x1="${x(0)}" x2="${x(differences.length)}" y1="${y(0)}" y2="${y(0)}"/>`
        );
      },
    },
    remark,
    [
      ["gain", "gained"],
      ["loss", "lost"],
    ],
  );
}

/** First stage against reranked, a dot a query, larger where several lie. */
export function scatterPlot(queries: readonly QueryOutcome[]): string {
  const dots = new Map<string, { query: QueryOutcome; count: number }>();
  for (const query of queries) {
    const key = `${query.firstStage[MAIN].toFixed(2)} ${query.reranked[MAIN].toFixed(2)}`;
    const dot = dots.get(key);
    if (dot) dot.count++;
    else dots.set(key, { query, count: 1 });
  }
  return plotFigure(
    {
      title: `${MAIN} of first stage and reranker`,
      description: `A dot a query: first stage to the right, reranked upwards. Dots over the diagonal gained.`,
      x: { label: "first stage", from: -0.04, to: 1.04, ticks: UNIT_TICKS },
      y: { label: "reranked", from: -0.04, to: 1.04, ticks: UNIT_TICKS },
      draw(x, y) {
        const circles = Array.from(dots.values(), ({ query, count }) => {
          const { queryId, firstStage, reranked } = query;
          const others = count > 1 ? ` and ${count - 1} more` : "";
          return `<circle class="dot ${colourOf(query)}" cx="${x(firstStage[MAIN])}" cy="${y(reranked[MAIN])}" r="${radius(count)}"><title>${escapeHtml(queryId)}${others}</title></circle>`;
        });
        return `<path class="even" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>${circles.join("")}`;
      },
    },
    "A dot a query, larger where several lie. Over the diagonal: the reranker did better.",
    [
      ["gain", "gained"],
      ["loss", "lost"],
      ["same", "the same"],
    ],
  );
}

function change({ firstStage, reranked }: QueryOutcome): number {
  return reranked[MAIN] - firstStage[MAIN];
}

function colourOf(query: QueryOutcome): string {
  const difference = change(query);
  return difference > 0 ? "gain" : difference < 0 ? "loss" : "same";
}

/** Area by count, within bounds. */
function radius(count: number): number {
  return Math.min(14, Math.round(10 * (2 + 1.4 * Math.sqrt(count))) / 10);
}
