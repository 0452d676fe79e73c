/** What a ranking's evaluation found, in the form that table, page and files are made of. */
import { calibrate, sigmoid, type Calibration } from "../calibration.ts";
import type { Comparison, ScoredTask } from "../comparison.ts";
import type { Qrels } from "../datasets/qrels.ts";
import { mean } from "../measures.ts";
import { percentile } from "../percentile.ts";

export interface RankingReport {
  dataset: string;
  /** Of the corpus, or of all lists together. */
  numDocuments: number;
  /** Queries of the set without any judgement. */
  queriesLeftOut: number;
  /** "bm25", "given" or the path of a run. */
  firstStage: string;
  /** The same with its settings, for people. */
  firstStageDescription: string;
  depth: number;
  /** Of the randomization test. */
  seed: number;
  model: string;
  /** What the scores depend on; see `Scorer.identity`. */
  identity: Readonly<Record<string, string | number>>;
  /** Threads or requests at once. */
  concurrency: number;
  tasks: readonly ScoredTask[];
  qrels: Qrels;
  comparison: Comparison;
  machine: string;
}

/** The score of one candidate and whether it is relevant; a document without a judgement is not. */
export interface ScoredPair {
  score: number;
  relevant: boolean;
}

export interface Latencies {
  /** Milliseconds of a query's candidates, those of queries without any left out. */
  values: readonly number[];
  p50: number;
  p95: number;
  p99: number;
  mean: number;
  /** Of one thread, or of one request at a time. */
  pairsPerSecond: number;
}

/** All candidates of all queries. */
export function scoredPairs({ tasks, qrels }: RankingReport): ScoredPair[] {
  return tasks.flatMap(({ queryId, candidates, scores }) =>
    candidates.map(({ docId }, index) => ({
      score: scores[index]!,
      relevant: (qrels.get(queryId)?.get(docId) ?? 0) > 0,
    })),
  );
}

/** Whether scores are logits: one of them lies outside of [0, 1]. */
export function areLogits(pairs: readonly ScoredPair[]): boolean {
  return pairs.some(({ score }) => score < 0 || score > 1);
}

/** Of the scores, which are the sigmoid of logits. */
export function calibrationOf(pairs: readonly ScoredPair[]): Calibration {
  const logits = areLogits(pairs);
  return calibrate(
    pairs.map(({ score }) => (logits ? sigmoid(score) : score)),
    pairs.map(({ relevant }) => relevant),
  );
}

export function latenciesOf({ tasks }: RankingReport): Latencies {
  const timed = tasks.filter(
    ({ candidates, latencyMs }) => candidates.length > 0 && Number.isFinite(latencyMs),
  );
  const values = timed.map(({ latencyMs }) => latencyMs);
  const pairs = timed.reduce((sum, { candidates }) => sum + candidates.length, 0);
  const averageMs = mean(values);
  return {
    values,
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    p99: percentile(values, 0.99),
    mean: averageMs,
    pairsPerSecond: pairs / ((averageMs * values.length) / 1000),
  };
}
