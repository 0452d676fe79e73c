/** The scores of the queries that are done: see `run-log.ts`. */
import { openRunLog, type Fingerprint, type RunLog } from "./run-log.ts";

/** A query's line. */
export interface LoggedScores {
  queryId: string;
  /** `[candidates]`, in the first stage's order. */
  scores: number[];
  latencyMs: number;
}

/** By query id. */
export type ScoreLog = RunLog<LoggedScores>;

/** `scores.jsonl` in a folder. @throws UserError as {@link openRunLog} */
export function openScoreLog(folder: string, fingerprint: Fingerprint): Promise<ScoreLog> {
  return openRunLog(folder, "scores.jsonl", fingerprint, {
    isRow: isLoggedScores,
    keyOf: ({ queryId }) => queryId,
  });
}

function isLoggedScores(value: Partial<LoggedScores>): value is LoggedScores {
  return typeof value.queryId === "string" && Array.isArray(value.scores);
}
