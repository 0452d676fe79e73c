/** `pack`: a Hugging Face checkpoint folder becomes a packed model. */
import { basename, resolve } from "node:path";
import { MANIFEST_FORMAT, MANIFEST_VERSION, type ModelManifest } from "../engine/manifest.ts";
import { hasPooler, packedTensors } from "../engine/packed-tensors.ts";
import type { Tensor } from "../engine/safetensors.ts";
import { readCheckpointConfig } from "./checkpoint/config.ts";
import { toFloat32 } from "./checkpoint/floats.ts";
import { readCheckpointTokenizer } from "./checkpoint/tokenizer.ts";
import { checkCheckpointTensors, readCheckpointWeights } from "./checkpoint/weights.ts";
import type { Command } from "./command-line.ts";
import { writePackedModel } from "./packed-model.ts";
import { formatBytes, startProgress } from "./progress.ts";
import { quantizeRows } from "./quantize.ts";
import { bytesOf, formatSafetensors } from "./safetensors-writer.ts";
import { UserError } from "./user-error.ts";

export const packCommand: Command = {
  summary: "make a packed model from a Hugging Face checkpoint folder",
  help: `Reads config.json, model.safetensors (F32, F16 or BF16, also in shards) and tokenizer.json (or vocab.txt) of a
BertForSequenceClassification or BertForTokenClassification checkpoint and writes model.json, weights.safetensors (int8) and tokenizer.json to OUT_DIR.
A packed model that is already there is replaced at the end, in one step; other files beside it are kept.

  --name NAME   the model's name in answers; default: the name of CHECKPOINT_DIR`,
  positionals: ["CHECKPOINT_DIR", "OUT_DIR"],
  options: { name: { type: "string" } },
  async run({ positionals, options }, terminal) {
    const [checkpoint, folder] = positionals as [string, string];
    const name = (options["name"] as string | undefined) ?? basename(resolve(checkpoint));
    const manifest = await packCheckpoint(checkpoint, folder, { name }, terminal.stderr);
    terminal.print(describePacked(folder, manifest));
  },
};

/** One line on a model that was just packed. */
export function describePacked(folder: string, { name, weights, head }: ModelManifest): string {
  const labels = head.labels.length === 1 ? "1 label" : `${head.labels.length} labels`;
  const per = head.kind === "token-classification" ? " a token" : "";
  return `Packed ${name} (${labels}${per}, ${formatBytes(weights.bytes)} of weights) into ${folder}`;
}

/**
 * Packs a checkpoint folder.
 * @param origin the model's name, and where the checkpoint came from as far as it is known
 * @throws UserError naming the file, field or tensor that stands in the way; then nothing was written
 */
export async function packCheckpoint(
  checkpoint: string,
  folder: string,
  origin: { name: string; repository?: string; revision?: string },
  stderr: Parameters<typeof startProgress>[0],
): Promise<ModelManifest> {
  const { architecture, head } = await readCheckpointConfig(checkpoint);
  const tokenizer = await readCheckpointTokenizer(checkpoint, architecture);
  const { tensors, sha256 } = await readCheckpointWeights(checkpoint);
  const expected = packedTensors({ architecture, head });
  if (!hasPooler(head)) dropPooler(tensors);
  checkCheckpointTensors(checkpoint, expected, tensors);

  const packed = new Map<string, Tensor>();
  const progress = startProgress(stderr, "quantize", sumBytes(tensors.values()));
  let done = 0;
  for (const { name, dtype, shape } of expected) {
    const source = tensors.get(name);
    if (!source) continue;
    const values = finiteValues(checkpoint, name, source);
    if (dtype === "I8") {
      const rows = quantizeRows(values, shape[0]!, shape[1]!);
      packed.set(name, { dtype, shape, data: bytesOf(rows.values) });
      packed.set(`${name}_scale`, { dtype: "F32", shape: [shape[0]!], data: bytesOf(rows.scales) });
    } else {
      packed.set(name, { dtype, shape, data: bytesOf(values) });
    }
    progress.update((done += source.data.length));
  }
  progress.end();

  const inOrder = new Map(expected.map(({ name }) => [name, packed.get(name)!]));
  const metadata = { format: MANIFEST_FORMAT, version: String(MANIFEST_VERSION) };
  const { name, ...from } = origin;
  return writePackedModel(
    folder,
    { name, architecture, head, source: { ...from, weightsSha256: sha256 } },
    formatSafetensors(inOrder, metadata),
    tokenizer,
  );
}

/** Many a token classifier has a pooler left from its encoder, which nothing reads. */
function dropPooler(tensors: Map<string, Tensor>): void {
  for (const name of tensors.keys()) if (name.startsWith("bert.pooler.")) tensors.delete(name);
}

function finiteValues(checkpoint: string, name: string, source: Tensor): Float32Array {
  const values = toFloat32(source);
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return values;
  throw new UserError(
    `"${name}" in ${checkpoint} has ${values[index]} at element ${index}. The checkpoint is damaged or its training diverged: use another one.`,
  );
}

function sumBytes(tensors: Iterable<Tensor>): number {
  let sum = 0;
  for (const { data } of tensors) sum += data.length;
  return sum;
}
