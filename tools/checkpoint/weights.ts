/** Reads a checkpoint's weights: one safetensors file or several with an index, under the names that a packed model uses. */
import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ModelError } from "../../engine/model-error.ts";
import { listProblems, type PackedTensor } from "../../engine/packed-tensors.ts";
import { parseSafetensors, type Tensor } from "../../engine/safetensors.ts";
import { readJsonIfThere } from "../json-file.ts";
import { UserError } from "../user-error.ts";
import { isReadableFloat } from "./floats.ts";

export const WEIGHTS_FILE = "model.safetensors";
export const WEIGHTS_INDEX_FILE = "model.safetensors.index.json";

export interface CheckpointWeights {
  /** By their names in a packed model. */
  tensors: Map<string, Tensor>;
  /** SHA-256 of the weight file, lower-case hexadecimal; of several files, one after the other in the order of their names. */
  sha256: string;
}

/**
 * The tensors of a checkpoint folder.
 * @throws UserError if there are none in safetensors, or a file is damaged
 */
export async function readCheckpointWeights(folder: string): Promise<CheckpointWeights> {
  const tensors = new Map<string, Tensor>();
  const hash = createHash("sha256");
  for (const file of await weightFiles(folder)) {
    const path = join(folder, file);
    const bytes = await readFile(path);
    hash.update(bytes);
    for (const [name, tensor] of parse(path, bytes)) tensors.set(packedName(name), tensor);
  }
  return { tensors, sha256: hash.digest("hex") };
}

/**
 * Checks that a checkpoint has exactly the weights that the packed tensors are made from.
 * @throws UserError naming the first that are missing, left over, misshaped or of a dtype that cannot be read
 */
export function checkCheckpointTensors(
  folder: string,
  expected: readonly PackedTensor[],
  tensors: ReadonlyMap<string, Tensor>,
): void {
  const sources = expected.filter(({ name }) => !name.endsWith(".weight_scale"));
  const names = new Set(sources.map(({ name }) => name));
  const missing = sources.filter(({ name }) => !tensors.has(name));
  if (missing.some(({ name }) => name === "bert.embeddings.word_embeddings.weight")) {
    throw new UserError(
      `${folder} holds no BERT encoder: there is no tensor bert.embeddings.word_embeddings.weight. Only BertForSequenceClassification and BertForTokenClassification checkpoints can be packed.`,
    );
  }
  if (missing.some(({ name }) => name === "classifier.weight")) {
    throw new UserError(
      `${folder} has no classification head: there is no tensor classifier.weight. Choose a cross-encoder, a text classifier or a token classifier, not a bare encoder.`,
    );
  }
  const problems = missing.map(({ name }) => `"${name}" is missing`);
  for (const { name, shape } of sources) {
    const tensor = tensors.get(name);
    if (!tensor) continue;
    if (!isReadableFloat(tensor.dtype))
      problems.push(`"${name}" is ${tensor.dtype}, not F32, F16 or BF16`);
    if (tensor.shape.join() !== shape.join()) {
      problems.push(`"${name}" is [${tensor.shape.join(", ")}], not [${shape.join(", ")}]`);
    }
  }
  for (const name of tensors.keys())
    if (!names.has(name)) problems.push(`"${name}" does not belong there`);
  if (problems.length > 0) {
    throw new UserError(
      `The weights in ${folder} do not fit its config.json: ${listProblems(problems)}. Fetch the checkpoint again, or mend config.json.`,
    );
  }
}

/** Names of the weight files, sorted. */
async function weightFiles(folder: string): Promise<string[]> {
  if (await exists(join(folder, WEIGHTS_FILE))) return [WEIGHTS_FILE];
  const indexPath = join(folder, WEIGHTS_INDEX_FILE);
  const index = await readJsonIfThere(indexPath);
  if (index) {
    const files = shardFiles(index);
    if (!files)
      throw new UserError(`${indexPath} has no weight_map of file names. Fetch it again.`);
    for (const file of files) {
      if (await exists(join(folder, file))) continue;
      throw new UserError(
        `${join(folder, file)} does not exist, but ${WEIGHTS_INDEX_FILE} names it. Fetch it.`,
      );
    }
    return files;
  }
  if (await exists(join(folder, "pytorch_model.bin"))) {
    throw new UserError(
      `${folder} has its weights as a Python pickle (pytorch_model.bin), which is not read. Convert it in Python: AutoModelForSequenceClassification (or AutoModelForTokenClassification).from_pretrained(${JSON.stringify(folder)}).save_pretrained(OUT_DIR).`,
    );
  }
  throw new UserError(
    `${folder} has no ${WEIGHTS_FILE}. Name the folder of a Hugging Face checkpoint.`,
  );
}

/** The files that a weight index names, sorted; undefined if it is not one, or names files outside its folder. */
export function shardFiles(index: Readonly<Record<string, unknown>>): string[] | undefined {
  const map = index["weight_map"];
  if (typeof map !== "object" || map === null) return undefined;
  const files = [...new Set(Object.values(map) as unknown[])];
  const plain = (file: unknown): file is string =>
    typeof file === "string" && /^[A-Za-z0-9_][A-Za-z0-9._-]*\.safetensors$/.test(file);
  return files.length > 0 && files.every(plain) ? files.sort() : undefined;
}

function parse(path: string, bytes: Uint8Array): [string, Tensor][] {
  try {
    const { tensors } = parseSafetensors(bytes, path);
    // A buffer of old checkpoints, not a weight: 0, 1, 2, ...
    return [...tensors].filter(([name]) => !name.endsWith("embeddings.position_ids"));
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new UserError(`${error.problem}. Fetch the checkpoint again.`);
  }
}

/** Adds the `bert.` that checkpoints of a bare encoder leave out, and undoes the LayerNorm names of converted TensorFlow checkpoints. */
function packedName(name: string): string {
  const prefixed = /^(embeddings|encoder|pooler)\./.test(name) ? `bert.${name}` : name;
  return prefixed
    .replace(/LayerNorm\.gamma$/, "LayerNorm.weight")
    .replace(/LayerNorm\.beta$/, "LayerNorm.bias");
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
