import type { Terminal } from "../command-line.ts";
import { UsageError, UserError } from "../user-error.ts";
import { checkHead } from "./check-head.ts";
import type { Classifier } from "./classification/classifier.ts";
import { engineClassifier } from "./classification/engine-classifier.ts";
import { measureEntities } from "./classification/entity-measures.ts";
import { httpClassifier } from "./classification/http-classifier.ts";
import { measureLabels } from "./classification/label-measures.ts";
import { predictAll } from "./classification/predict-all.ts";
import { openPredictionLog } from "./classification/prediction-log.ts";
import { labelsFromFile, tagsFromFile, writePredictions } from "./classification/predictions.ts";
import type { LabelSet, TagSet } from "./datasets/dataset.ts";
import { isStrings } from "./datasets/tagged-sentences.ts";
import { writeClassificationFiles } from "./report/classification-files.ts";
import { entityTable, labelTable } from "./report/classification-table.ts";
import type { Settings } from "./settings.ts";

/** Predictions and what gave them: a model or a file. */
interface Predicted<Prediction> {
  source: string;
  predictions: readonly Prediction[];
}

/** Predictions, measures, table and files. @throws UserError, ModelError */
export async function evaluateClassification(
  set: LabelSet | TagSet,
  settings: Settings,
  terminal: Terminal,
): Promise<void> {
  if (settings.predictions !== undefined && settings.scorerChosen) {
    throw new UsageError("--predictions and a model are two sources of labels. Choose one.");
  }
  if (set.kind === "labels") await evaluateLabels(set, settings, terminal);
  else await evaluateTags(set, settings, terminal);
  if (settings.out !== undefined) {
    const own =
      settings.predictions === undefined
        ? ", report.html and predictions.jsonl"
        : " and report.html";
    terminal.print("");
    terminal.print(`Wrote results.json${own} to ${settings.out}`);
  }
}

async function evaluateLabels(set: LabelSet, settings: Settings, terminal: Terminal) {
  const texts = set.texts.map(({ text }) => text);
  const file = settings.predictions;
  const { source, predictions } =
    file === undefined
      ? await predictWithModel(set, settings, terminal, texts, "texts", {
          predict: ({ label }) => label,
          isPrediction: (value) => typeof value === "string",
        })
      : { source: file, predictions: await labelsFromFile(file)(texts) };
  const actual = set.texts.map(({ label }) => label);
  const report = { dataset: set.name, source, measures: measureLabels(actual, predictions) };
  for (const line of labelTable(report)) terminal.print(line);
  if (settings.out !== undefined) {
    await writeClassificationFiles(settings.out, { kind: "labels", ...report });
  }
}

async function evaluateTags(set: TagSet, settings: Settings, terminal: Terminal) {
  const sentences = set.sentences.map(({ tokens }) => tokens);
  const file = settings.predictions;
  const { source, predictions } =
    file === undefined
      ? await predictWithModel(set, settings, terminal, sentences, "sentences", {
          predict: ({ tag }) => tag,
          isPrediction: isStrings,
        })
      : { source: file, predictions: await tagsFromFile(file)(sentences) };
  const actual = set.sentences.map(({ tags }) => tags);
  const report = {
    dataset: set.name,
    source,
    numSentences: sentences.length,
    measures: measureEntities(actual, predictions),
  };
  for (const line of entityTable(report)) terminal.print(line);
  if (settings.out !== undefined) {
    await writeClassificationFiles(settings.out, { kind: "tags", ...report });
  }
}

/** How a classifier is asked for predictions of one kind, and how a kept one is known again. */
interface PredictionKind<Item, Prediction> {
  predict: (classifier: Classifier) => (items: readonly Item[]) => Promise<readonly Prediction[]>;
  isPrediction: (value: unknown) => value is Prediction;
}

async function predictWithModel<Item, Prediction>(
  set: LabelSet | TagSet,
  settings: Settings,
  { env, stderr }: Terminal,
  items: readonly Item[],
  things: string,
  { predict, isPrediction }: PredictionKind<Item, Prediction>,
): Promise<Predicted<Prediction>> {
  const { out } = settings;
  const classifier = await openClassifier(set, settings, env);
  try {
    const { name, identity, concurrency } = classifier;
    const log =
      out === undefined ? undefined : await openPredictionLog(out, set, identity, isPrediction);
    const predictions = await predictAll(items, {
      name,
      concurrency,
      predict: predict(classifier),
      log,
      stderr,
      things,
    });
    if (out !== undefined) await writePredictions(out, predictions);
    return { source: name, predictions };
  } finally {
    await classifier.close();
  }
}

async function openClassifier(
  set: LabelSet | TagSet,
  { scorer }: Settings,
  env: Terminal["env"],
): Promise<Classifier> {
  if (scorer.kind === "engine") {
    return engineClassifier(scorer.folder, scorer, (head) => checkHead(scorer.folder, head, set));
  }
  const { url, protocol, concurrency } = scorer;
  if (protocol !== "jina") {
    throw new UserError(
      `--backend ${protocol} ranks, and ${set.name} has ${set.kind}. Name a service with --url, which is asked by POST /score.`,
    );
  }
  const options = { url, concurrency, apiKey: env["RERANK_API_KEY"] };
  return httpClassifier(options, (head) => checkHead(url, head, set));
}
