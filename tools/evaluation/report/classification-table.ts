/** A classification's evaluation as lines of text. */
import type { EntityMeasures } from "../classification/entity-measures.ts";
import type { ClassMeasures, LabelMeasures } from "../classification/label-measures.ts";
import { columns } from "./columns.ts";
import { formatCount, formatMeasure } from "./numbers.ts";

export interface LabelReport {
  dataset: string;
  /** What predicted: a model or a file. */
  source: string;
  measures: LabelMeasures;
}

export interface EntityReport {
  dataset: string;
  source: string;
  numSentences: number;
  measures: EntityMeasures;
}

/** Two labels that were taken for each other. */
export interface Confusion {
  actual: string;
  predicted: string;
  count: number;
}

const MOST_CONFUSED = 10;

export function labelTable({ dataset, source, measures }: LabelReport): string[] {
  const confused = mostConfused(measures);
  return [
    `${dataset}: ${formatCount(supportOf(measures))} texts, ${measures.labels.length} labels`,
    `labelled by: ${source}`,
    "",
    ...columns([["measure", "value"], ...overall(measures)]),
    "",
    ...classTable("label", measures.perLabel),
    ...(confused.length > 0 ? ["", "Most confused:", ...confusionTable(confused)] : []),
  ];
}

export function entityTable({ dataset, source, numSentences, measures }: EntityReport): string[] {
  const { micro, macro, perType } = measures;
  return [
    `${dataset}: ${formatCount(numSentences)} sentences, ${formatCount(micro.support)} entities`,
    `tagged by: ${source}`,
    "",
    ...classTable("type", { ...perType, "micro average": micro, "macro average": macro }),
  ];
}

/** Accuracy, micro and macro F1 and Matthews correlation, as name and value. */
export function overall(measures: LabelMeasures): [name: string, value: string][] {
  return [
    ["accuracy", formatMeasure(measures.accuracy)],
    ["micro F1", formatMeasure(measures.microF1)],
    ["macro F1", formatMeasure(measures.macroF1)],
    ["Matthews", formatMeasure(measures.matthews)],
  ];
}

/** Precision, recall, F1 and support as cells. */
export function classCells({ precision, recall, f1, support }: ClassMeasures): string[] {
  return [formatMeasure(precision), formatMeasure(recall), formatMeasure(f1), formatCount(support)];
}

/** The pairs of labels confused most often; of equal ones in the order of the labels. */
export function mostConfused({ labels, confusion }: LabelMeasures): Confusion[] {
  return confusion
    .flatMap((row, actual) =>
      row.map((count, predicted) => ({
        actual: labels[actual]!,
        predicted: labels[predicted]!,
        count: actual === predicted ? 0 : count,
      })),
    )
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_CONFUSED);
}

/** Texts of all labels. */
export function supportOf({ perLabel }: LabelMeasures): number {
  return Object.values(perLabel).reduce((sum, { support }) => sum + support, 0);
}

function classTable(what: string, classes: Readonly<Record<string, ClassMeasures>>): string[] {
  return columns([
    [what, "precision", "recall", "F1", "support"],
    ...Object.entries(classes).map(([name, measures]) => [name, ...classCells(measures)]),
  ]);
}

function confusionTable(confused: readonly Confusion[]): string[] {
  return columns([
    ["label", "predicted", "texts"],
    ...confused.map(({ actual, predicted, count }) => [actual, predicted, formatCount(count)]),
  ]);
}
