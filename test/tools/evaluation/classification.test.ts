import { describe, expect, test } from "vitest";
import {
  entitiesOf,
  measureEntities,
} from "../../../tools/evaluation/classification/entity-measures.ts";
import {
  matthewsCorrelation,
  measureLabels,
} from "../../../tools/evaluation/classification/label-measures.ts";
import { close, peers } from "./golden.ts";

describe("label measures", () => {
  test("worked by hand, with a label that is never predicted and one that is never true", () => {
    const measures = measureLabels(["a", "a", "b", "c"], ["a", "b", "b", "x"]);
    expect(measures).toMatchObject({
      labels: ["a", "b", "c", "x"],
      confusion: [
        [1, 1, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 0],
      ],
      accuracy: 0.5,
      microF1: 0.5,
      macroF1: expect.closeTo((2 / 3 + 2 / 3) / 4, 12),
      perLabel: {
        a: { precision: 1, recall: 0.5, support: 2 },
        b: { precision: 0.5, recall: 1, support: 1 },
        c: { precision: 0, recall: 0, f1: 0, support: 1 },
        x: { precision: 0, recall: 0, f1: 0, support: 0 },
      },
    });
  });

  test("Matthews correlation of two labels is the textbook's, and 0 where one label is all there is", () => {
    const [tp, fn, fp, tn] = [6, 2, 1, 3];
    const root = Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
    expect(
      matthewsCorrelation([
        [tp, fn],
        [fp, tn],
      ]),
    ).toBeCloseTo((tp * tn - fp * fn) / root, 12);
    expect(
      matthewsCorrelation([
        [3, 0],
        [2, 0],
      ]),
    ).toBe(0);
  });

  test("of no texts everything is 0", () => {
    expect(measureLabels([], [])).toMatchObject({ accuracy: 0, macroF1: 0, matthews: 0 });
  });

  test.each(peers.labels.map((own, index) => [index, own] as const))(
    `random labels %d have the values of scikit-learn ${peers.versions["scikit-learn"]}`,
    (_, { actual, predicted, theirs }) => {
      expect(measureLabels(actual, predicted)).toEqual(close(theirs));
    },
  );
});

describe("entities of tags", () => {
  const spans = (...tags: string[]): string[] =>
    entitiesOf(tags).map(({ type, first, last }) => `${type} ${first}-${last}`);

  test("a B- begins one, its I- go on with it", () => {
    expect(spans("B-per", "I-per", "O", "B-loc", "B-loc")).toEqual([
      "per 0-1",
      "loc 3-3",
      "loc 4-4",
    ]);
  });

  test("an I- after O, or after another type, begins one", () => {
    expect(spans("O", "I-per", "I-loc", "B-loc", "I-per")).toEqual([
      "per 1-1",
      "loc 2-2",
      "loc 3-3",
      "per 4-4",
    ]);
  });

  test("a type may have hyphens, and be missing", () => {
    expect(spans("B-creative-work", "I-creative-work", "B", "I")).toEqual([
      "creative-work 0-1",
      "_ 2-3",
    ]);
  });

  test("E- and S- end one", () => {
    expect(spans("S-per", "B-per", "E-per", "I-per")).toEqual(["per 0-0", "per 1-2", "per 3-3"]);
  });

  test("an entity counts if type, first and last token agree", () => {
    const { micro, perType } = measureEntities(
      [["B-per", "I-per", "O", "B-loc"]],
      [["B-per", "O", "O", "B-loc"]],
    );
    expect(micro).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, support: 2 });
    expect(perType["per"]).toEqual({ precision: 0, recall: 0, f1: 0, support: 1 });
  });

  test.each(peers.tags.map((own, index) => [index, own] as const))(
    `random tags %d have the values of seqeval ${peers.versions.seqeval}`,
    (_, { actual, predicted, theirs }) => {
      expect(measureEntities(actual, predicted)).toEqual(close(theirs));
    },
  );
});
