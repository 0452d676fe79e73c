import type { Terminal } from "../command-line.ts";
import { UserError } from "../user-error.ts";
import { measureEntities } from "./classification/entity-measures.ts";
import { measureLabels } from "./classification/label-measures.ts";
import {
  labelsFromFile,
  tagsFromFile,
  type Classify,
  type Tagger,
} from "./classification/predictions.ts";
import type { LabelSet, TagSet } from "./datasets/dataset.ts";
import { writeClassificationFiles } from "./report/classification-files.ts";
import { entityTable, labelTable } from "./report/classification-table.ts";
import type { Settings } from "./settings.ts";

/** Predictions, measures, table and files. @throws UserError */
export async function evaluateClassification(
  set: LabelSet | TagSet,
  settings: Settings,
  { print }: Terminal,
): Promise<void> {
  const predictions = predictionsFile(set, settings);
  if (set.kind === "labels") {
    await evaluateLabels(set, labelsFromFile(predictions), predictions, settings.out, print);
  } else {
    await evaluateTags(set, tagsFromFile(predictions), predictions, settings.out, print);
  }
  if (settings.out !== undefined) {
    print("");
    print(`Wrote results.json and report.html to ${settings.out}`);
  }
}

/** @param classify - A model, or a file. @param source - What reports call it. */
async function evaluateLabels(
  { name, texts }: LabelSet,
  classify: Classify,
  source: string,
  out: string | undefined,
  print: Terminal["print"],
): Promise<void> {
  const predicted = await classify(texts.map(({ text }) => text));
  const actual = texts.map(({ label }) => label);
  const report = { dataset: name, source, measures: measureLabels(actual, predicted) };
  for (const line of labelTable(report)) print(line);
  if (out !== undefined) await writeClassificationFiles(out, { kind: "labels", ...report });
}

async function evaluateTags(
  { name, sentences }: TagSet,
  tag: Tagger,
  source: string,
  out: string | undefined,
  print: Terminal["print"],
): Promise<void> {
  const predicted = await tag(sentences.map(({ tokens }) => tokens));
  const actual = sentences.map(({ tags }) => tags);
  const report = {
    dataset: name,
    source,
    numSentences: sentences.length,
    measures: measureEntities(actual, predicted),
  };
  for (const line of entityTable(report)) print(line);
  if (out !== undefined) await writeClassificationFiles(out, { kind: "tags", ...report });
}

function predictionsFile(
  { name, kind }: LabelSet | TagSet,
  { predictions, scorerChosen }: Settings,
): string {
  if (scorerChosen) {
    throw new UserError(
      `No model can label ${name} here yet. Predict elsewhere and name the file with --predictions.`,
    );
  }
  if (predictions === undefined) {
    throw new UserError(
      `${name} has ${kind}, which a reranker does not predict. Name a file of predictions with --predictions.`,
    );
  }
  return predictions;
}
