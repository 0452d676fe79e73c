import { createHash } from "node:crypto";
import { availableParallelism, cpus } from "node:os";
import type { Terminal } from "../command-line.ts";
import { checkHead } from "./check-head.ts";
import { compare, type ScoredTask } from "./comparison.ts";
import type { RankingSet } from "./datasets/dataset.ts";
import { readRun } from "./datasets/run-file.ts";
import { rerankTasks, type RerankTask } from "./rerank-tasks.ts";
import type { RankingReport } from "./report/ranking-report.ts";
import { writeRankingFiles } from "./report/ranking-files.ts";
import { rankingTable } from "./report/ranking-table.ts";
import { openScoreLog } from "./score-log.ts";
import { scoreTasks } from "./score-tasks.ts";
import { engineScorer } from "./scorers/engine-scorer.ts";
import { httpScorer } from "./scorers/http-scorer.ts";
import type { Scorer } from "./scorers/scorer.ts";
import { ANALYZERS, type Settings } from "./settings.ts";

/** First stage, scores, measures, table and files. @throws UserError, ModelError */
export async function evaluateRanking(
  set: RankingSet,
  settings: Settings,
  { env, print, stderr }: Terminal,
): Promise<void> {
  const { depth, analyzer, seed, out } = settings;
  const firstStage = firstStageOf(set, settings);
  const numQueries = settings.numQueries ?? set.defaultQueries ?? "all";
  const tasks = rerankTasks(set, {
    firstStage:
      firstStage === "bm25" || firstStage === "given"
        ? firstStage
        : { path: firstStage, run: await readRun(firstStage) },
    depth,
    numQueries: numQueries === "all" ? undefined : numQueries,
    terms: ANALYZERS[analyzer],
  });

  const scorer = await openScorer(set, settings, env);
  let scored: ScoredTask[];
  try {
    const fingerprint = {
      dataset: set.name,
      queries: tasks.length,
      depth,
      candidatesSha256: hashTasks(tasks),
      ...scorer.identity,
    };
    const log = out === undefined ? undefined : await openScoreLog(out, fingerprint);
    scored = await scoreTasks(tasks, scorer, log, stderr);
  } finally {
    await scorer.close();
  }

  const report: RankingReport = {
    dataset: set.name,
    numDocuments: countDocuments(set),
    queriesLeftOut: set.queries.filter(({ id }) => !set.qrels.has(id)).length,
    firstStage,
    firstStageDescription:
      firstStage === "bm25" ? `bm25 (k1 0.9, b 0.4, ${analyzer} terms)` : firstStage,
    depth,
    seed,
    model: scorer.name,
    identity: scorer.identity,
    concurrency: scorer.concurrency,
    tasks: scored,
    qrels: set.qrels,
    comparison: compare(scored, set.qrels, { seed }),
    machine: `${cpus()[0]?.model ?? "unknown CPU"}, ${availableParallelism()} cores, Node ${process.versions.node}`,
  };
  for (const line of rankingTable(report)) print(line);
  if (out !== undefined) {
    await writeRankingFiles(out, report);
    print("");
    print(`Wrote results.json, report.html, first-stage.run and reranked.run to ${out}`);
  }
}

function countDocuments({ source }: RankingSet): number {
  if (source.kind === "corpus") return source.documents.size;
  return Array.from(source.lists.values()).reduce((sum, { length }) => sum + length, 0);
}

function firstStageOf({ source }: RankingSet, { firstStage }: Settings): string {
  return firstStage ?? (source.kind === "lists" && source.ranked ? "given" : "bm25");
}

async function openScorer(
  set: RankingSet,
  { scorer }: Settings,
  env: Terminal["env"],
): Promise<Scorer> {
  return scorer.kind === "engine"
    ? engineScorer(scorer.folder, scorer, (head) => checkHead(scorer.folder, head, set))
    : httpScorer({ ...scorer, apiKey: env["RERANK_API_KEY"] });
}

/** Of queries, candidates and their texts: another first stage or another file gives another hash. */
function hashTasks(tasks: readonly RerankTask[]): string {
  const hash = createHash("sha256");
  for (const { queryId, query, candidates } of tasks) {
    hash.update(
      JSON.stringify([queryId, query, candidates.map(({ docId, text }) => [docId, text])]),
    );
  }
  return hash.digest("hex");
}
