import { describe, expect, test } from "vitest";
import {
  averagePrecision,
  judgedShare,
  measureRanking,
  precision,
  recall,
} from "../../../tools/evaluation/ranking-measures.ts";
import { trecOrder } from "../../../tools/evaluation/trec-order.ts";
import { close, peers } from "./golden.ts";

describe("measures of a ranking against its judgements", () => {
  const judgements = new Map([
    ["a", 2],
    ["b", 1],
    ["c", 0],
    ["missing", 1],
  ]);

  test("all of them, worked by hand", () => {
    // Ranks: unjudged, b (1), c (0), a (2); one relevant document was not retrieved.
    const dcg = 1 / Math.log2(3) + 2 / Math.log2(5);
    const ideal = 2 + 1 / Math.log2(3) + 1 / Math.log2(4);
    expect(measureRanking(["x", "b", "c", "a"], judgements)).toEqual({
      "nDCG@10": expect.closeTo(dcg / ideal, 12),
      "RR@10": 1 / 2,
      AP: expect.closeTo((1 / 2 + 2 / 4) / 3, 12),
      "R@100": expect.closeTo(2 / 3, 12),
      "P@10": 0.2,
      "Judged@10": 3 / 4,
    });
  });

  test("a query without a relevant document gets 0 and still counts as judged", () => {
    expect(measureRanking(["c", "d"], new Map([["c", 0]]))).toEqual({
      "nDCG@10": 0,
      "RR@10": 0,
      AP: 0,
      "R@100": 0,
      "P@10": 0,
      "Judged@10": 0.5,
    });
  });

  test("an empty ranking gets 0 in everything", () => {
    expect(new Set(Object.values(measureRanking([], judgements)))).toEqual(new Set([0]));
  });

  test("a negative judgement is not relevant and gains nothing", () => {
    expect(
      measureRanking(
        ["a", "b"],
        new Map([
          ["a", -1],
          ["b", 1],
        ]),
      )["nDCG@10"],
    ).toBeCloseTo(1 / Math.log2(3), 12);
  });

  test("AP counts relevant documents that were not retrieved", () => {
    expect(averagePrecision([1, 0, 1], 4)).toBeCloseTo((1 + 2 / 3) / 4, 12);
    expect(averagePrecision([0], 0)).toBe(0);
  });

  test("R@k and P@k look at the cutoff alone, and P@k divides by it however few there are", () => {
    expect(recall([1, 0, 1], 2, 2)).toBe(0.5);
    expect(precision([1], 10)).toBe(0.1);
    expect(judgedShare(["a", "x", "b"], judgements, 2)).toBe(0.5);
  });
});

describe(`beside pytrec_eval ${peers.versions["pytrec_eval-terrier"]} and ir_measures ${peers.versions.ir_measures}`, () => {
  test.each(peers.rankings.map((own, index) => [index, own] as const))(
    "random ranking %d with ties has the same values",
    (_, { qrels, run, theirs }) => {
      const ours = Object.fromEntries(
        Object.keys(theirs).map((id) => {
          const documents = Object.entries(run[id]!).map(([docId, score]) => ({ docId, score }));
          const order = trecOrder(documents).map(({ docId }) => docId);
          return [id, measureRanking(order, new Map(Object.entries(qrels[id]!)))];
        }),
      );
      expect(ours).toEqual(close(theirs));
    },
  );
});
