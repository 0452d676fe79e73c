import type { Fault } from "./fault.ts";
import type { Result } from "./question.ts";

/** The results that a fault makes of the right ones, at least one; the same results where the fault is not of the answer's content. Pure. */
export function spoilResults(
  results: readonly Result[],
  documents: number,
  fault: Fault | undefined,
): readonly Result[] {
  const others = results.slice(0, -1);
  const first = results[0]!;
  const last = results.at(-1)!;
  switch (fault?.kind) {
    case "wrong_count":
      return fault.by === 1 ? [...results, { ...last, index: documents }] : others;
    case "nan":
      return [...others, { ...last, score: fault.as ?? "NaN" }];
    case "score_out_of_range":
      return [...others, { ...last, score: fault.score ?? "1.5" }];
    case "duplicate_index":
      return others.length === 0 ? [last, last] : [...others, { ...last, index: first.index }];
    case "index_out_of_range":
      return [...others, { ...last, index: fault.index ?? documents }];
    default:
      return results;
  }
}
