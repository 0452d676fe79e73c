/** `unpack`: a packed model becomes a float checkpoint with exactly the weights that the engine computes with. */
import { checkPackedTensors, packedTensors } from "../engine/packed-tensors.ts";
import type { ModelManifest } from "../engine/manifest.ts";
import { parseSafetensors, type Tensor } from "../engine/safetensors.ts";
import { CONFIG_KEYS, HEAD_CONFIGS } from "./checkpoint/config.ts";
import { toFloat32 } from "./checkpoint/floats.ts";
import { WEIGHTS_FILE } from "./checkpoint/weights.ts";
import type { Command } from "./command-line.ts";
import { readPackedModel } from "./packed-model.ts";
import { formatBytes } from "./progress.ts";
import { dequantizeRows } from "./quantize.ts";
import { bytesOf, formatSafetensors } from "./safetensors-writer.ts";
import { writeFolder } from "./write-folder.ts";

export const unpackCommand: Command = {
  summary: "make a float checkpoint from a packed model, for Python and other servers",
  help: `Writes model.safetensors (F32: int8 weight times scale), config.json, tokenizer.json and tokenizer_config.json to OUT_DIR, which must be
new or empty. transformers' AutoModelForSequenceClassification or AutoModelForTokenClassification loads it, and packing it again gives the same weights.safetensors.`,
  positionals: ["MODEL_DIR", "OUT_DIR"],
  options: {},
  async run({ positionals }, terminal) {
    const [model, folder] = positionals as [string, string];
    const bytes = await unpackModel(model, folder);
    terminal.print(`Unpacked ${model} (${formatBytes(bytes)} of weights) into ${folder}`);
  },
};

/**
 * Unpacks a packed model.
 * @returns the size of the float weight file in bytes
 * @throws ModelError if the model is damaged
 * @throws UserError if there is no model, or the output folder holds files
 */
export async function unpackModel(model: string, folder: string): Promise<number> {
  const { manifest, weights, tokenizer } = await readPackedModel(model);
  const { tensors } = parseSafetensors(weights);
  checkPackedTensors(manifest, tensors);
  const floats = new Map<string, Tensor>();
  for (const { name, dtype, shape } of packedTensors(manifest)) {
    if (name.endsWith(".weight_scale")) continue;
    const tensor = tensors.get(name)!;
    floats.set(
      name,
      dtype === "F32" ? tensor : dequantize(tensor, tensors.get(`${name}_scale`)!, shape),
    );
  }
  const file = formatSafetensors(floats, { format: "pt" });
  const settings = JSON.parse(tokenizer) as TokenizerJson;
  const files = new Map<string, Uint8Array | string>([
    [WEIGHTS_FILE, file],
    ["config.json", formatJson(checkpointConfig(manifest, settings))],
    ["tokenizer.json", tokenizer],
    ["tokenizer_config.json", formatJson(tokenizerConfig(manifest, settings))],
  ]);
  await writeFolder(folder, files, () => false);
  return file.length;
}

/** What the engine's tokenizer has made sure of when the model was packed. */
interface TokenizerJson {
  normalizer: { lowercase: boolean; strip_accents: boolean | null; handle_chinese_chars: boolean };
  model: { unk_token: string; vocab: Record<string, number> };
}

function dequantize(matrix: Tensor, scale: Tensor, shape: number[]): Tensor {
  const { buffer, byteOffset, byteLength } = matrix.data;
  const values = new Int8Array(buffer, byteOffset, byteLength);
  const rows = dequantizeRows({ values, scales: toFloat32(scale) });
  return { dtype: "F32", shape, data: bytesOf(rows) };
}

function checkpointConfig(
  { architecture, head }: ModelManifest,
  { model }: TokenizerJson,
): unknown {
  const sizes = Object.entries(CONFIG_KEYS).map(([ours, theirs]) => [
    theirs,
    architecture[ours as keyof typeof architecture],
  ]);
  const { architecture: className, problemType } = HEAD_CONFIGS[head.kind];
  return {
    architectures: [className],
    model_type: "bert",
    ...(problemType !== undefined && { problem_type: problemType }),
    ...Object.fromEntries(sizes),
    hidden_act: "gelu",
    position_embedding_type: "absolute",
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    classifier_dropout: null,
    initializer_range: 0.02,
    pad_token_id: model.vocab["[PAD]"] ?? 0,
    id2label: Object.fromEntries(head.labels.map((label, index) => [index, label])),
    label2id: Object.fromEntries(head.labels.map((label, index) => [label, index])),
    torch_dtype: "float32",
  };
}

function tokenizerConfig(
  { architecture }: ModelManifest,
  { normalizer, model }: TokenizerJson,
): unknown {
  return {
    tokenizer_class: "BertTokenizer",
    do_lower_case: normalizer.lowercase,
    strip_accents: normalizer.strip_accents,
    tokenize_chinese_chars: normalizer.handle_chinese_chars,
    model_max_length: architecture.maxSeqLength,
    unk_token: model.unk_token,
    cls_token: "[CLS]",
    sep_token: "[SEP]",
    pad_token: "[PAD]",
    mask_token: "[MASK]",
  };
}

function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
