/**
 * The measures of one query that evaluation reports, as trec_eval computes them from judgements and a ranking.
 *
 * A document is relevant if its judgement is over 0; one without a judgement is not. Gains are the judgements themselves, negative
 * ones 0. A query whose judgements are all 0 or less gets 0 in every measure but Judged@10.
 */
import { nDcg, reciprocalRank } from "./measures.ts";

/** Judgements of one query: relevance by document id. */
export type Judgements = ReadonlyMap<string, number>;

export const MEASURE_NAMES = ["nDCG@10", "RR@10", "AP", "R@100", "P@10", "Judged@10"] as const;

export type MeasureName = (typeof MEASURE_NAMES)[number];

/** Values in [0, 1]. */
export type Measures = Readonly<Record<MeasureName, number>>;

/** @param ranking - Document ids, best first, no id twice; see `trecOrder` for ties. */
export function measureRanking(ranking: readonly string[], judgements: Judgements): Measures {
  const relevance = ranking.map((docId) => Math.max(0, judgements.get(docId) ?? 0));
  const judged = Array.from(judgements.values(), (value) => Math.max(0, value));
  const relevant = judged.filter((value) => value > 0).length;
  return {
    "nDCG@10": nDcg(relevance, judged, 10),
    "RR@10": reciprocalRank(relevance, 10),
    AP: averagePrecision(relevance, relevant),
    "R@100": recall(relevance, relevant, 100),
    "P@10": precision(relevance, 10),
    "Judged@10": judgedShare(ranking, judgements, 10),
  };
}

/** AP: the mean, over all relevant documents, of the precision at each one's rank; 0 for those that were not retrieved. */
export function averagePrecision(relevance: readonly number[], relevant: number): number {
  let found = 0;
  let sum = 0;
  for (const [index, gain] of relevance.entries()) {
    if (gain > 0) sum += ++found / (index + 1);
  }
  return relevant === 0 ? 0 : sum / relevant;
}

/** R@k: the share of the relevant documents that stand within the cutoff. */
export function recall(relevance: readonly number[], relevant: number, k: number): number {
  return relevant === 0 ? 0 : countRelevant(relevance, k) / relevant;
}

/** P@k: relevant documents within the cutoff, over k, however few were retrieved. */
export function precision(relevance: readonly number[], k: number): number {
  return countRelevant(relevance, k) / k;
}

/** Judged@k: the share of the documents within the cutoff that have a judgement; 0 of none. As ir_measures has it. */
export function judgedShare(ranking: readonly string[], judgements: Judgements, k: number): number {
  const top = ranking.slice(0, k);
  return top.length === 0 ? 0 : top.filter((docId) => judgements.has(docId)).length / top.length;
}

function countRelevant(relevance: readonly number[], k: number): number {
  return relevance.slice(0, k).filter((gain) => gain > 0).length;
}
