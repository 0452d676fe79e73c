/** First stage and reranker on the same candidates. */
import type { Qrels } from "./datasets/qrels.ts";
import { mean } from "./measures.ts";
import { randomizationTest, type RandomizationOptions } from "./randomization-test.ts";
import {
  MEASURE_NAMES,
  measureRanking,
  type MeasureName,
  type Measures,
} from "./ranking-measures.ts";
import type { RerankTask } from "./rerank-tasks.ts";
import { trecOrder } from "./trec-order.ts";

/** A task that a model has scored. */
export interface ScoredTask extends RerankTask {
  /** The model's, `[candidates]`; larger is better. */
  scores: readonly number[];
  /** How long the model took for all candidates; NaN if that was not measured. */
  latencyMs: number;
}

export interface QueryOutcome {
  queryId: string;
  candidates: number;
  /** Documents judged relevant, among the candidates or not. */
  relevant: number;
  firstStage: Measures;
  reranked: Measures;
  /** The best that any order of these candidates could have. */
  oracle: Measures;
  latencyMs: number;
}

export interface Comparison {
  queries: readonly QueryOutcome[];
  /** Over all queries, those without a candidate or a relevant document, which get 0, included. */
  mean: { firstStage: Measures; reranked: Measures; oracle: Measures };
  /** Reranked minus first stage, and the p of {@link randomizationTest}. */
  difference: Readonly<Record<MeasureName, { mean: number; p: number }>>;
}

/** Measures every task before and after reranking. Each measure's test starts from the same seed. */
export function compare(
  tasks: readonly ScoredTask[],
  qrels: Qrels,
  test: RandomizationOptions = {},
): Comparison {
  const queries = tasks.map((task) => outcomeOf(task, qrels));
  const means = (stage: "firstStage" | "reranked" | "oracle"): Measures =>
    overMeasures((name) => mean(queries.map((query) => query[stage][name])));
  return {
    queries,
    mean: {
      firstStage: means("firstStage"),
      reranked: means("reranked"),
      oracle: means("oracle"),
    },
    difference: overMeasures((name) => {
      const differences = queries.map(
        ({ reranked, firstStage }) => reranked[name] - firstStage[name],
      );
      return { mean: mean(differences), p: randomizationTest(differences, test) };
    }),
  };
}

/** Queries whose measure fell most, or rose most; of equal ones in their own order. Queries that stayed the same are not there. */
export function mostChanged(
  queries: readonly QueryOutcome[],
  direction: "lost" | "gained",
  count: number,
  name: MeasureName = "nDCG@10",
): QueryOutcome[] {
  const sign = direction === "lost" ? -1 : 1;
  const change = ({ firstStage, reranked }: QueryOutcome): number =>
    sign * (reranked[name] - firstStage[name]);
  return queries
    .filter((query) => change(query) > 0)
    .sort((a, b) => change(b) - change(a))
    .slice(0, count);
}

function outcomeOf(task: ScoredTask, qrels: Qrels): QueryOutcome {
  const { queryId, candidates, scores, latencyMs } = task;
  const judgements = qrels.get(queryId) ?? new Map<string, number>();
  const ranked = (scoreOf: (index: number) => number): Measures =>
    measureRanking(
      trecOrder(candidates.map(({ docId }, index) => ({ docId, score: scoreOf(index) }))).map(
        ({ docId }) => docId,
      ),
      judgements,
    );
  return {
    queryId,
    candidates: candidates.length,
    relevant: Array.from(judgements.values()).filter((relevance) => relevance > 0).length,
    firstStage: ranked((index) => candidates[index]!.score),
    reranked: ranked((index) => scores[index]!),
    oracle: ranked((index) => judgements.get(candidates[index]!.docId) ?? 0),
    latencyMs,
  };
}

function overMeasures<T>(valueOf: (name: MeasureName) => T): Record<MeasureName, T> {
  return Object.fromEntries(MEASURE_NAMES.map((name) => [name, valueOf(name)])) as Record<
    MeasureName,
    T
  >;
}
