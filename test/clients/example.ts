/** What every client is asked to rank, and what its answer must be. */
import assert from "node:assert/strict";
import example from "./example.json" with { type: "json" };

export const QUERY = example.query;
export const DOCUMENTS = example.documents;
/** Index of the document that answers the query. */
export const RIGHT = example.right;
export const RIGHT_DOCUMENT = DOCUMENTS[RIGHT]!;

/** What the service says of a model that it does not have. */
export const UNKNOWN_MODEL = {
  name: "no-such-model",
  message: /^The model "no-such-model" is not served here/,
};

interface Ranked {
  index: number;
  /** A sigmoid, in [0, 1]. */
  score: number;
}

/** Fails unless there are so many results, all different, the right one first, with scores in [0, 1] that do not rise. */
export function checkRanking(results: readonly Ranked[], count = DOCUMENTS.length): void {
  assert.equal(results.length, count);
  assert.equal(results[0]?.index, RIGHT);
  assert.equal(new Set(results.map(({ index }) => index)).size, count);
  const scores = results.map(({ score }) => score);
  assert.ok(
    scores.every((score) => score >= 0 && score <= 1),
    `scores are ${scores}`,
  );
  assert.deepEqual(
    scores,
    scores.toSorted((a, b) => b - a),
  );
}
