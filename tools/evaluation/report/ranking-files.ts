import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatRun } from "../datasets/run-file.ts";
import { rankingPage } from "./ranking-page.ts";
import { calibrationOf, latenciesOf, scoredPairs, type RankingReport } from "./ranking-report.ts";

/** Writes results.json, report.html, first-stage.run and reranked.run; files of these names are replaced. */
export async function writeRankingFiles(folder: string, report: RankingReport): Promise<void> {
  const { tasks, model } = report;
  const firstStage = new Map(tasks.map(({ queryId, candidates }) => [queryId, candidates]));
  const reranked = new Map(
    tasks.map(({ queryId, candidates, scores }) => [
      queryId,
      candidates.map(({ docId }, index) => ({ docId, score: scores[index]! })),
    ]),
  );
  await mkdir(folder, { recursive: true });
  const files = {
    "results.json": `${JSON.stringify(rankingResults(report), null, 1)}\n`,
    "report.html": rankingPage(report),
    "first-stage.run": formatRun(firstStage, report.firstStage),
    "reranked.run": formatRun(reranked, model),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** What results.json holds: the same for the same settings, but for times and machine. A value that is not a number is null. */
export function rankingResults(report: RankingReport): unknown {
  const { comparison, tasks } = report;
  const pairs = scoredPairs(report);
  const { values: _values, ...latencyMs } = latenciesOf(report);
  return {
    format: "x-rerank-evaluation",
    version: 1,
    settings: {
      dataset: report.dataset,
      firstStage: report.firstStageDescription,
      depth: report.depth,
      queries: tasks.length,
      seed: report.seed,
      ...report.identity,
    },
    counts: {
      queries: tasks.length,
      queriesLeftOut: report.queriesLeftOut,
      documents: report.numDocuments,
      pairs: pairs.length,
      relevantPairs: pairs.filter(({ relevant }) => relevant).length,
    },
    mean: comparison.mean,
    difference: comparison.difference,
    calibration: calibrationOf(pairs),
    timing: { machine: report.machine, concurrency: report.concurrency, ...latencyMs },
    queries: comparison.queries,
  };
}
