import { setTimeout as sleep } from "node:timers/promises";
import { HubApiError } from "@huggingface/hub";
import { UserError } from "../user-error.ts";
import { connectionProblem } from "./errors.ts";

/** Failures in a row, without progress between them, that are final. */
const MAX_FAILURES = 5;
const FIRST_WAIT_MS = 500;
const PASSING_STATUSES = new Set([408, 429, 500, 502, 503, 504]);

/** A transfer that ended before the file was whole. */
export class BrokenTransfer extends UserError {}

/** Says on stderr that an operation failed and is tried again. */
export type RetryNote = (problem: string, waitMs: number) => void;

/**
 * Runs a hub operation again after broken connections and passing statuses (408, 429, 5xx), waiting 0.5, 1, 2 and 4 seconds.
 * @param madeProgress asked after a failure; true starts the count anew
 * @returns the operation's result; its last error is thrown
 */
export async function withRetries<T>(
  operation: () => Promise<T>,
  note: RetryNote,
  madeProgress: () => boolean = () => false,
): Promise<T> {
  for (let failures = 0; ;) {
    try {
      return await operation();
    } catch (error) {
      const problem = passingProblem(error);
      if (problem === undefined) throw error;
      failures = madeProgress() ? 1 : failures + 1;
      if (failures === MAX_FAILURES) throw error;
      const waitMs = FIRST_WAIT_MS * 2 ** (failures - 1);
      note(problem, waitMs);
      await sleep(waitMs);
    }
  }
}

/** What went wrong, if it may be gone in a moment. */
function passingProblem(error: unknown): string | undefined {
  if (error instanceof BrokenTransfer) return error.message;
  if (!(error instanceof HubApiError)) return connectionProblem(error);
  return PASSING_STATUSES.has(error.statusCode) ? `status ${error.statusCode}` : undefined;
}
