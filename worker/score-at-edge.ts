/** Scores of pairs by a ranker, computed here. */
import { computeLogits, type TextPair } from "./compute-logits.ts";
import { ok, type Result } from "./errors.ts";
import type { FitOptions } from "../engine/fit-pair.ts";
import type { EdgeModel } from "./model.ts";
import type { PairScore } from "./pair-scores.ts";
import type { Turns } from "./turns.ts";

/**
 * One score a pair, in the request's order; of a pair that was read in windows, that of the best one.
 * @param model - Has one label.
 * @param maxTokens - As {@link computeLogits} has it.
 */
export async function scoreAtEdge(
  pairs: readonly TextPair[],
  model: EdgeModel,
  fit: FitOptions,
  turns: Turns,
  maxTokens: number,
): Promise<Result<PairScore[]>> {
  const readings = pairs.map(() => ({
    tokens: 0,
    queryTokensCut: 0,
    documentTokensCut: 0,
    start: 0,
    end: 0,
  }));
  const scores = readings.map((reading): PairScore => ({ logit: -Infinity, reading }));
  const work = await computeLogits(
    pairs,
    model,
    turns,
    (index, logits, _, { input, start, end }) => {
      const score = scores[index]!;
      const reading = readings[index]!;
      reading.tokens += input.inputIds.length;
      if (logits[0]! > score.logit) {
        score.logit = logits[0]!;
        Object.assign(reading, { start, end });
      }
    },
    fit,
    maxTokens,
  );
  if (!work.ok) return work;
  for (const { index, queryTokens, documentTokens } of work.value.cuts)
    Object.assign(readings[index]!, {
      queryTokensCut: queryTokens,
      documentTokensCut: documentTokens,
    });
  return ok(scores);
}
