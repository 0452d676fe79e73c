/** Reads a checkpoint's config.json: sizes, kind of head and labels, and every setting that would make it another kind of model. */
import { join } from "node:path";
import { parseArchitecture, type Architecture, type Head } from "../../engine/manifest.ts";
import { ModelError } from "../../engine/model-error.ts";
import { readJsonIfThere } from "../json-file.ts";
import { UserError } from "../user-error.ts";

/** What config.json calls our sizes. */
export const CONFIG_KEYS: Readonly<Record<keyof Architecture, string>> = {
  hiddenSize: "hidden_size",
  numLayers: "num_hidden_layers",
  numHeads: "num_attention_heads",
  intermediateSize: "intermediate_size",
  vocabSize: "vocab_size",
  maxSeqLength: "max_position_embeddings",
  typeVocabSize: "type_vocab_size",
  layerNormEps: "layer_norm_eps",
};

/** What config.json calls our kinds of head. */
export const HEAD_CONFIGS: Readonly<
  Record<Head["kind"], { architecture: string; problemType?: string }>
> = {
  "sequence-classification": { architecture: "BertForSequenceClassification" },
  "multi-label-classification": {
    architecture: "BertForSequenceClassification",
    problemType: "multi_label_classification",
  },
  "token-classification": { architecture: "BertForTokenClassification" },
};

export interface CheckpointConfig {
  architecture: Architecture;
  head: Head;
}

/** transformers' defaults for what old config files leave out. */
const DEFAULTS: Readonly<Record<string, unknown>> = { layer_norm_eps: 1e-12, type_vocab_size: 2 };
const DEFAULT_NUM_LABELS = 2;

/** Settings that must have one value, which is also their default. */
const REQUIRED: readonly (readonly [key: string, value: unknown, why: string])[] = [
  ["hidden_act", "gelu", "the engine computes the exact GELU only"],
  ["position_embedding_type", "absolute", "the engine adds absolute positions only"],
  ["is_decoder", false, "the engine attends in both directions only"],
  ["add_cross_attention", false, "the engine has no cross-attention"],
];

/**
 * The sizes and the head of a BertForSequenceClassification or BertForTokenClassification checkpoint.
 * @throws UserError naming the file or the field that stands in the way
 */
export async function readCheckpointConfig(folder: string): Promise<CheckpointConfig> {
  const path = join(folder, "config.json");
  const config = await readJsonIfThere(path);
  if (!config) {
    throw new UserError(
      `${path} does not exist. Name the folder of a Hugging Face checkpoint, with config.json, model.safetensors and tokenizer.json.`,
    );
  }
  refuseOtherModels(path, config);
  const labels = readLabels(path, config);
  const head = { kind: readHeadKind(path, config, labels.length), labels };
  const sizes = Object.entries(CONFIG_KEYS).map(([ours, theirs]) => [
    ours,
    config[theirs] ?? DEFAULTS[theirs],
  ]);
  try {
    const architecture = parseArchitecture(
      Object.fromEntries(sizes),
      (key) => `${path}: ${CONFIG_KEYS[key]}`,
    );
    return { architecture, head };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new UserError(`${error.problem}. The engine does not run models of this size.`);
  }
}

function refuseOtherModels(path: string, config: Readonly<Record<string, unknown>>): void {
  const { model_type: type } = config;
  if (type !== "bert") {
    throw new UserError(
      `${path}: model_type is ${JSON.stringify(type)}, not "bert". Only BERT checkpoints can be packed.`,
    );
  }
  for (const [key, value, why] of REQUIRED) {
    if ((config[key] ?? value) === value) continue;
    throw new UserError(
      `${path}: ${key} is ${JSON.stringify(config[key])}, not ${JSON.stringify(value)}: ${why}. Choose another checkpoint.`,
    );
  }
}

function readHeadKind(
  path: string,
  { architectures, problem_type: problem }: Readonly<Record<string, unknown>>,
  numLabels: number,
): Head["kind"] {
  const classes: unknown = architectures ?? ["BertForSequenceClassification"];
  const includes = (name: string): boolean => Array.isArray(classes) && classes.includes(name);
  if (includes("BertForTokenClassification")) return "token-classification";
  if (!includes("BertForSequenceClassification")) {
    throw new UserError(
      `${path}: architectures is ${JSON.stringify(classes)}, not ["BertForSequenceClassification"] or ["BertForTokenClassification"]. Choose a cross-encoder, a text classifier or a token classifier.`,
    );
  }
  switch (problem) {
    case "multi_label_classification":
      return "multi-label-classification";
    case undefined:
    case null:
    case "single_label_classification":
      return "sequence-classification";
    // What rerankers of one logit are trained as; the engine's scores are sigmoids of it all the same.
    case "regression":
      if (numLabels === 1) return "sequence-classification";
  }
  throw new UserError(
    `${path}: problem_type is ${JSON.stringify(problem)} with ${numLabels} labels, which the engine has no head for. Choose a checkpoint with "single_label_classification" or "multi_label_classification".`,
  );
}

function readLabels(path: string, config: Readonly<Record<string, unknown>>): string[] {
  const { id2label, num_labels: numLabels } = config;
  if (id2label === undefined || id2label === null) {
    const count = typeof numLabels === "number" ? numLabels : DEFAULT_NUM_LABELS;
    return Array.from({ length: count }, (_, index) => `LABEL_${index}`);
  }
  const count = Object.keys(id2label).length;
  const labels = Array.from(
    { length: count },
    (_, index) => (id2label as Record<string, unknown>)[index],
  );
  if (count === 0 || !labels.every((label) => typeof label === "string")) {
    throw new UserError(
      `${path}: id2label does not name the labels "0" to "${Math.max(0, count - 1)}". Mend the field by hand.`,
    );
  }
  return labels;
}
