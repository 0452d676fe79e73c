import type { CrossEncoder } from "../../engine/index.ts";
import type { RankingTask } from "./squad-slice.ts";

/** Scores a task's documents with a model. */
export function logitsBy(model: CrossEncoder): (task: RankingTask) => Float32Array {
  return ({ query, documents }) =>
    model.score(documents.map((document) => [query, document] as const));
}

/** Relevance of the documents in the order of their logits; of equal ones the lower index first. */
export function relevanceOf({ relevant }: RankingTask, logits: ArrayLike<number>): number[] {
  return Array.from(logits, (_logit, index) => index)
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .map((index) => Number(index === relevant));
}

/** "50 questions of SQuAD dev with their BM25 candidates, 1,000 pairs". */
export function describeTasks(tasks: readonly RankingTask[]): string {
  const pairs = tasks.reduce((sum, { documents }) => sum + documents.length, 0);
  return `${tasks.length} questions of SQuAD dev with their BM25 candidates, ${pairs.toLocaleString("en")} pairs`;
}
