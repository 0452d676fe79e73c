/** From what became of each request to what an outage did. Pure. */
import type { LoadRecord, LoadRequest } from "./outage-load.ts";
import { isRightAnswer } from "./right-answer.ts";

export const PHASES = ["before", "during", "after"] as const;

export type PhaseName = (typeof PHASES)[number];

/** A request that is too large for the edge alone. */
export interface LargeOutcome {
  name: string;
  phase: PhaseName;
  /** "refused": 503. */
  by: "backend" | "edge" | "refused";
  ms: number;
}

export interface Outage {
  /** Milliseconds of small requests that were sent in each phase. */
  smallMs: Record<PhaseName, number[]>;
  large: LargeOutcome[];
  /** Milliseconds of those refused after the first had shown that the backend is gone. */
  refusalMs: number[];
  /** Milliseconds from the backend's return to the sending of the first request that it served; null: it served none any more. */
  recoveryMs: number | null;
  /** Requests sent after the backend's return for which it was asked in vain, or sent after that first one and not served by it. */
  failedAfterReturn: number;
  /** Answers that are not what they must be. */
  wrong: number;
  /** Requests without an answer, or with an error other than 503 to a large one. */
  lost: number;
}

/**
 * @param goneMs - When the backend had gone, by the clock of the records.
 * @param backMs - When it was back.
 */
export function readOutage(
  records: readonly LoadRecord[],
  small: LoadRequest,
  goneMs: number,
  backMs: number,
): Outage {
  const outage: Outage = {
    smallMs: { before: [], during: [], after: [] },
    large: [],
    refusalMs: [],
    recoveryMs: null,
    failedAfterReturn: 0,
    wrong: 0,
    lost: 0,
  };
  let knownGoneMs = Infinity;
  for (const { request, sentMs, answer } of records) {
    const phase = sentMs < goneMs ? "before" : sentMs < backMs ? "during" : "after";
    const isRefused = answer?.status === 503 && request !== small;
    if (!answer || (answer.status !== 200 && !isRefused)) {
      outage.lost += 1;
      continue;
    }
    const { ms, headers } = answer;
    if (!isRefused && !isRightAnswer(answer, request)) outage.wrong += 1;
    if (request === small) {
      outage.smallMs[phase].push(ms);
      continue;
    }
    const by = isRefused ? "refused" : (headers["x-rerank-served-by"] as "backend" | "edge");
    outage.large.push({ name: request.name, phase, by, ms });
    if (isRefused && sentMs > knownGoneMs) outage.refusalMs.push(ms);
    if (by !== "backend") knownGoneMs = Math.min(knownGoneMs, sentMs + ms);
    if (phase !== "after") continue;
    if (by === "backend") outage.recoveryMs ??= sentMs - backMs;
    else if (outage.recoveryMs !== null || headers["x-rerank-route-reason"] === "backend_failed")
      outage.failedAfterReturn += 1;
  }
  return outage;
}
