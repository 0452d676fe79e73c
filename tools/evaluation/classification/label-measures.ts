/** Measures of text classification, one label a text, as scikit-learn defines them; a division by zero gives 0. */

export interface ClassMeasures {
  /** TP / (TP + FP). */
  precision: number;
  /** TP / (TP + FN). */
  recall: number;
  /** 2 TP / (2 TP + FP + FN). */
  f1: number;
  /** Texts that have the label. */
  support: number;
}

export interface LabelMeasures {
  /** Every label that was true or predicted, in code-point order. */
  labels: readonly string[];
  /** `[true label, predicted label]`: counts. */
  confusion: readonly (readonly number[])[];
  accuracy: number;
  /** Of all decisions together; with one label a text it is the accuracy. */
  microF1: number;
  /** Mean over {@link labels}. */
  macroF1: number;
  /** Matthews correlation over all labels, −1 to 1. */
  matthews: number;
  perLabel: Readonly<Record<string, ClassMeasures>>;
}

/**
 * @param actual - True labels.
 * @param predicted - As many.
 * @see https://scikit-learn.org/stable/modules/model_evaluation.html
 */
export function measureLabels(
  actual: readonly string[],
  predicted: readonly string[],
): LabelMeasures {
  const labels = [...new Set([...actual, ...predicted])].sort(byCodePoint);
  const places = new Map(labels.map((label, index) => [label, index]));
  const confusion = labels.map(() => labels.map(() => 0));
  for (const [index, label] of actual.entries()) {
    const row = confusion[places.get(label)!]!;
    row[places.get(predicted[index]!)!]!++;
  }
  const hits = sum(labels.map((_label, index) => confusion[index]![index]!));
  const classes = labels.map((_label, index) =>
    measuresFromCounts({
      hits: confusion[index]![index]!,
      actual: sum(confusion[index]!),
      predicted: sum(confusion.map((row) => row[index]!)),
    }),
  );
  return {
    labels,
    confusion,
    accuracy: ratio(hits, actual.length),
    microF1: ratio(hits, actual.length),
    macroF1: ratio(sum(classes.map(({ f1 }) => f1)), classes.length),
    matthews: matthewsCorrelation(confusion),
    perLabel: Object.fromEntries(labels.map((label, index) => [label, classes[index]!])),
  };
}

/** Precision, recall and F1 from how many were found, there and named. */
export function measuresFromCounts(counts: {
  hits: number;
  actual: number;
  predicted: number;
}): ClassMeasures {
  const { hits, actual, predicted } = counts;
  return {
    precision: ratio(hits, predicted),
    recall: ratio(hits, actual),
    f1: ratio(2 * hits, actual + predicted),
    support: actual,
  };
}

/**
 * Matthews correlation of any number of labels; 0 where all true or all predicted labels are the same.
 * @param confusion - `[true label, predicted label]`: counts.
 * @see Gorodkin 2004, https://doi.org/10.1016/j.compbiolchem.2004.09.006
 */
export function matthewsCorrelation(confusion: readonly (readonly number[])[]): number {
  const actual = confusion.map(sum);
  const predicted = confusion.map((_row, index) => sum(confusion.map((row) => row[index]!)));
  const total = sum(actual);
  const hits = sum(confusion.map((row, index) => row[index]!));
  const squares = (counts: readonly number[]): number => sum(counts.map((count) => count ** 2));
  const covariance = hits * total - sum(actual.map((count, index) => count * predicted[index]!));
  const variances = (total ** 2 - squares(actual)) * (total ** 2 - squares(predicted));
  return variances === 0 ? 0 : covariance / Math.sqrt(variances);
}

/** Python's order of strings. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
