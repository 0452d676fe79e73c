/** A ranking's evaluation as lines of text. */
import { mostChanged, type QueryOutcome } from "../comparison.ts";
import { MEASURE_NAMES, type MeasureName } from "../ranking-measures.ts";
import { columns } from "./columns.ts";
import {
  formatCount,
  formatDifference,
  formatMeasure,
  formatThreeDigits,
  formatP,
} from "./numbers.ts";
import {
  areLogits,
  calibrationOf,
  latenciesOf,
  scoredPairs,
  type RankingReport,
} from "./ranking-report.ts";

const MOST_LOST = 10;

/** Ids alone: queries' texts are left to the report in a file. */
export function rankingTable(report: RankingReport): string[] {
  const { comparison } = report;
  const lost = mostChanged(comparison.queries, "lost", MOST_LOST);
  const gained = comparison.queries.filter((query) => change(query) > 0).length;
  const numLost = comparison.queries.filter((query) => change(query) < 0).length;
  const same = comparison.queries.length - gained - numLost;
  return [
    `${report.dataset}: ${describeSize(report)}`,
    `first stage: ${report.firstStageDescription}, top ${report.depth}`,
    `reranked by: ${report.model}`,
    "",
    ...measureTable(report),
    "",
    `nDCG@10 rose for ${formatCount(gained)}, fell for ${formatCount(numLost)} and stayed the same for ${formatCount(same)} queries.`,
    describeCalibration(report),
    describeLatency(report),
    ...(lost.length > 0 ? ["", "Lost most nDCG@10:", ...lostTable(lost)] : []),
  ];
}

/** "300 queries, 5,183 documents, 30,000 pairs". */
export function describeSize({ comparison, numDocuments, tasks, queriesLeftOut }: RankingReport) {
  const pairs = tasks.reduce((sum, { candidates }) => sum + candidates.length, 0);
  const leftOut =
    queriesLeftOut > 0 ? `; ${formatCount(queriesLeftOut)} queries without judgement left out` : "";
  return `${formatCount(comparison.queries.length)} queries, ${formatCount(numDocuments)} documents, ${formatCount(pairs)} pairs${leftOut}`;
}

function measureTable({ comparison }: RankingReport): string[] {
  const { firstStage, reranked, oracle } = comparison.mean;
  return columns([
    ["measure", "first stage", "reranked", "difference", "p", "best order"],
    ...MEASURE_NAMES.map((name) => [
      name,
      formatMeasure(firstStage[name]),
      formatMeasure(reranked[name]),
      formatDifference(comparison.difference[name].mean),
      formatP(comparison.difference[name].p),
      formatMeasure(oracle[name]),
    ]),
  ]);
}

function lostTable(queries: readonly QueryOutcome[]): string[] {
  return columns([
    ["query", "first stage", "reranked", "difference"],
    ...queries.map((query) => [
      query.queryId,
      formatMeasure(query.firstStage[MAIN]),
      formatMeasure(query.reranked[MAIN]),
      formatDifference(change(query)),
    ]),
  ]);
}

const MAIN: MeasureName = "nDCG@10";

function change({ firstStage, reranked }: QueryOutcome): number {
  return reranked[MAIN] - firstStage[MAIN];
}

function describeCalibration(report: RankingReport): string {
  const pairs = scoredPairs(report);
  const scores = areLogits(pairs) ? "the logits' sigmoid" : "the scores";
  return `Expected calibration error of ${scores}: ${formatMeasure(calibrationOf(pairs).error)}`;
}

function describeLatency(report: RankingReport): string {
  const { p50, p95, p99, pairsPerSecond } = latenciesOf(report);
  return `Milliseconds a query: p50 ${formatThreeDigits(p50)}, p95 ${formatThreeDigits(p95)}, p99 ${formatThreeDigits(p99)}; ${formatThreeDigits(pairsPerSecond)} pairs a second, of each of ${report.concurrency} at once`;
}
