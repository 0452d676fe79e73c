import type { Terminal } from "../command-line.ts";
import { startProgress } from "../progress.ts";
import { UserError } from "../user-error.ts";
import type { ScoredTask } from "./comparison.ts";
import type { RerankTask } from "./rerank-tasks.ts";
import type { ScoreLog } from "./score-log.ts";
import type { Scorer, Scores } from "./scorers/scorer.ts";
import { workThrough } from "./work-through.ts";

/**
 * Scores every task, as many at once as the scorer takes, and notes each in the log as soon as it is done; tasks that the log has are
 * not scored again.
 *
 * @returns as many as `tasks`, in their order
 * @throws UserError for the first task that fails; those that were done stay in the log
 */
export async function scoreTasks(
  tasks: readonly RerankTask[],
  scorer: Scorer,
  log: ScoreLog | undefined,
  stderr: Terminal["stderr"],
): Promise<ScoredTask[]> {
  const results: ScoredTask[] = [];
  const pending: number[] = [];
  let donePairs = 0;
  const finish = (index: number, { scores, latencyMs }: Scores): void => {
    const task = tasks[index]!;
    if (scores.length !== task.candidates.length) {
      throw new UserError(
        `Query ${task.queryId} has ${task.candidates.length} candidates and ${scores.length} scores. Start afresh with another --out.`,
      );
    }
    results[index] = { ...task, scores, latencyMs };
    donePairs += scores.length;
  };
  for (const [index, { queryId, candidates }] of tasks.entries()) {
    const known = candidates.length === 0 ? NOTHING : log?.done.get(queryId);
    if (known) finish(index, known);
    else pending.push(index);
  }

  const progress = startProgress(stderr, scorer.name, countPairs(tasks), formatPairs);
  progress.update(donePairs);
  const score = async (index: number): Promise<void> => {
    const { queryId, query, candidates } = tasks[index]!;
    const scored = await scorer.score(
      query,
      candidates.map(({ text }) => text),
    );
    finish(index, scored);
    await log?.append({ queryId, ...scored });
    progress.update(donePairs);
  };
  await workThrough(pending, scorer.concurrency, score, () => progress.end());
  return results;
}

const NOTHING: Scores = { scores: [], latencyMs: 0 };

export function countPairs(tasks: readonly RerankTask[]): number {
  return tasks.reduce((sum, { candidates }) => sum + candidates.length, 0);
}

function formatPairs(pairs: number): string {
  return `${Math.round(pairs).toLocaleString("en")} pairs`;
}
