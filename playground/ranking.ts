/** The order before and after. Pure. */

/** A document of the answer. */
export interface Scored {
  /** Place in the request, from 0. */
  index: number;
  score: number;
}

/** A place in the ranking, and how the document came there. */
export interface Ranked extends Scored {
  /** From 1. */
  rank: number;
  /** Places up if positive, down if negative. */
  moved: number;
  /** Length of the score's bar, in [0, 1]. */
  bar: number;
}

/**
 * The ranking in descending order of score, of equal ones the lower index first, whatever the order of the answer's rows.
 *
 * @param areLogits - Scores are logits: their bars are as long as their sigmoids.
 */
export function rankingOf(scores: readonly Scored[], areLogits: boolean): Ranked[] {
  return scores
    .toSorted((a, b) => b.score - a.score || a.index - b.index)
    .map(({ index, score }, place) => ({
      index,
      score,
      rank: place + 1,
      moved: index - place,
      bar: Math.min(1, Math.max(0, areLogits ? 1 / (1 + Math.exp(-score)) : score)),
    }));
}

/** How far a document moved, in words: `up 3 places`. */
export function movementText(moved: number): string {
  if (moved === 0) return "same place";
  const places = Math.abs(moved);
  return `${moved > 0 ? "up" : "down"} ${places} ${places === 1 ? "place" : "places"}`;
}
