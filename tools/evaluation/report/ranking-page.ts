/** A ranking's evaluation as one HTML page. */
import { mostChanged, type QueryOutcome, type ScoredTask } from "../comparison.ts";
import { MEASURE_NAMES } from "../ranking-measures.ts";
import type { Judgements } from "../ranking-measures.ts";
import { trecOrder } from "../trec-order.ts";
import { escapeHtml, htmlPage, htmlTable } from "./html.ts";
import { formatDifference, formatMeasure, formatThreeDigits, formatP } from "./numbers.ts";
import { differencePlot, scatterPlot } from "./query-plots.ts";
import { rankPlot } from "./rank-plot.ts";
import { latenciesOf, scoredPairs, type RankingReport } from "./ranking-report.ts";
import { describeSize } from "./ranking-table.ts";
import { distributionPlot, latencyPlot, reliabilityPlot } from "./score-plots.ts";

const LISTED_QUERIES = 10;
const SHOWN_DOCUMENTS = 3;
const SHOWN_CHARS = 240;

/** The whole page; it holds texts of queries and documents. */
export function rankingPage(report: RankingReport): string {
  const { comparison } = report;
  const pairs = scoredPairs(report);
  return htmlPage(
    `${report.dataset} reranked by ${report.model}`,
    `<header><h1>${escapeHtml(report.dataset)} reranked by ${escapeHtml(report.model)}</h1>
<p>${escapeHtml(describeSize(report))}. First stage: ${escapeHtml(report.firstStageDescription)}, top ${report.depth}.</p></header>
${tiles(report)}
<section class="card measures"><h2>Measures</h2>${measureTable(report)}
<p class="note">Means over all queries, ordered and counted as trec_eval does: of equal scores the greater document id first, documents without a judgement not relevant. p is two-sided, of a paired randomization test with 10,000 permutations. Best order: what any order of these candidates could reach.</p></section>
<section class="plots" aria-label="Plots">
${[
  differencePlot(comparison.queries),
  scatterPlot(comparison.queries),
  rankPlot(report.tasks, report.qrels),
  distributionPlot(pairs),
  reliabilityPlot(pairs),
  latencyPlot(latenciesOf(report)),
].join("\n")}
</section>
${queryList(report, "lost")}
${queryList(report, "gained")}
${facts(report)}`,
  );
}

function tiles(report: RankingReport): string {
  const { mean, difference } = report.comparison;
  const { p50, pairsPerSecond } = latenciesOf(report);
  const measure = (name: "nDCG@10" | "RR@10"): [string, string, string] => [
    name,
    formatMeasure(mean.reranked[name]),
    `${formatDifference(difference[name].mean)}, p ${formatP(difference[name].p)}`,
  ];
  const all: [name: string, value: string, remark: string][] = [
    measure("nDCG@10"),
    measure("RR@10"),
    [
      "R@100",
      formatMeasure(mean.reranked["R@100"]),
      `the most there is: ${formatMeasure(mean.oracle["R@100"])}`,
    ],
    [
      "p50 a query",
      `${formatThreeDigits(p50)} ms`,
      `${formatThreeDigits(pairsPerSecond)} pairs a second`,
    ],
  ];
  const items = all.map(
    ([name, value, remark]) =>
      `<div class="tile"><dt>${name}</dt><dd style="margin:0"><b>${value}</b><span>${remark}</span></dd></div>`,
  );
  return `<dl class="tiles">${items.join("")}</dl>`;
}

function measureTable({ comparison }: RankingReport): string {
  const { firstStage, reranked, oracle } = comparison.mean;
  return htmlTable(
    "First stage, reranker and best order on the same candidates",
    ["measure", "first stage", "reranked", "difference", "p", "best order"],
    MEASURE_NAMES.map((name) => [
      name,
      formatMeasure(firstStage[name]),
      `<b>${formatMeasure(reranked[name])}</b>`,
      coloured(comparison.difference[name].mean),
      escapeHtml(formatP(comparison.difference[name].p)),
      formatMeasure(oracle[name]),
    ]),
  );
}

function queryList(report: RankingReport, direction: "lost" | "gained"): string {
  const queries = mostChanged(report.comparison.queries, direction, LISTED_QUERIES);
  if (queries.length === 0) return "";
  const tasks = new Map(report.tasks.map((task) => [task.queryId, task]));
  const rows = queries.map((query) => {
    const task = tasks.get(query.queryId)!;
    const { firstStage, reranked } = query;
    return [
      `${escapeHtml(task.query)} <code>${escapeHtml(query.queryId)}</code>${topDocuments(task, report.qrels.get(query.queryId)!)}`,
      `${coloured(differenceOf(query))}<br><small>${firstStage["nDCG@10"].toFixed(2)}&nbsp;→&nbsp;${reranked["nDCG@10"].toFixed(2)}</small>`,
    ];
  });
  return `<section class="card"><h2>Queries that ${direction} most</h2>${htmlTable("By nDCG@10 of first stage and reranker, most first", ["query", "difference"], rows)}</section>`;
}

/** The reranker's first documents and the best relevant one, with their ranks before and after. */
function topDocuments({ candidates, scores }: ScoredTask, judgements: Judgements): string {
  const before = new Map(trecOrder(candidates).map(({ docId }, index) => [docId, index + 1]));
  const ranked = trecOrder(candidates.map((own, index) => ({ ...own, score: scores[index]! })));
  const isRelevant = (docId: string): boolean => (judgements.get(docId) ?? 0) > 0;
  const best = ranked.findIndex(({ docId }) => isRelevant(docId));
  const items = ranked.flatMap(({ docId, text, score }, index) => {
    if (index >= SHOWN_DOCUMENTS && index !== best) return [];
    const relevant = isRelevant(docId);
    return `<li${relevant ? ' class="relevant"' : ""}><b>${index + 1}</b> (was ${before.get(docId)}), score ${score.toPrecision(3)}${relevant ? ", <b>relevant</b>" : ""}: ${escapeHtml(shorten(text))} <code>${escapeHtml(docId)}</code></li>`;
  });
  return `<details><summary>documents</summary><ol>${items.join("")}</ol></details>`;
}

function facts(report: RankingReport): string {
  const entries: [string, string | number][] = [
    ...Object.entries(report.identity),
    ["seed", report.seed],
    ["machine", report.machine],
    ["at once", report.concurrency],
  ];
  const items = entries.map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(String(value))}</dd>`,
  );
  return `<section class="card"><h2>Settings</h2><dl class="facts">${items.join("")}</dl></section>`;
}

function coloured(difference: number): string {
  const text = formatDifference(difference);
  if (text === "0.0000") return text;
  return `<span class="${difference > 0 ? "gain" : "loss"}">${text}</span>`;
}

function differenceOf({ firstStage, reranked }: QueryOutcome): number {
  return reranked["nDCG@10"] - firstStage["nDCG@10"];
}

function shorten(text: string): string {
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS).trimEnd()}…`;
}
