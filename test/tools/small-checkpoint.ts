/** A whole Hugging Face checkpoint of two tiny layers, made in code: the same for the same options. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../tools/evaluation/random.ts";

/** Tokenizers that Python built from one vocabulary, written by `fixtures/make_bert_tokenizers.py`. */
export const bertTokenizers = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/bert-tokenizers.json"), "utf8"),
) as {
  manifest: { library: string; version: string };
  vocabulary: string[];
  texts: string[];
  cases: {
    name: string;
    settings: Record<string, unknown>;
    tokenizer: { model: object } & Record<string, unknown>;
    ids: number[][];
  }[];
};

export const VOCABULARY = bertTokenizers.vocabulary;

/** The tokenizer.json that Python made of {@link VOCABULARY}, with the truncation that old checkpoints carry. */
export function smallTokenizer(): Record<string, unknown> {
  const { tokenizer } = bertTokenizers.cases[0]!;
  const vocab = Object.fromEntries(VOCABULARY.map((token, id) => [token, id]));
  const truncation = { direction: "Right", max_length: 128, strategy: "LongestFirst", stride: 0 };
  return { ...tokenizer, truncation, model: { ...tokenizer.model, vocab } };
}

const HIDDEN = 32;
const INTERMEDIATE = 64;
const POSITIONS = 48;

export function smallConfig(labels = ["LABEL_0"]): Record<string, unknown> {
  return {
    architectures: ["BertForSequenceClassification"],
    model_type: "bert",
    hidden_size: HIDDEN,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: INTERMEDIATE,
    vocab_size: VOCABULARY.length,
    max_position_embeddings: POSITIONS,
    type_vocab_size: 2,
    layer_norm_eps: 1e-12,
    hidden_act: "gelu",
    id2label: Object.fromEntries(labels.map((label, index) => [index, label])),
  };
}

export interface FloatTensor {
  /** Row-major. */
  shape: number[];
  values: number[];
}

/** The state dict: multiples of 1/64 below 2, which every float dtype holds exactly. */
export function smallTensors(labels = 1, seed = 1): Map<string, FloatTensor> {
  const random = seededRandom(seed);
  const tensors = new Map<string, FloatTensor>();
  const add = (name: string, ...shape: number[]): void => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: size }, () => (Math.floor(random() * 255) - 127) / 64);
    tensors.set(name, { shape, values });
  };
  const dense = (name: string, outputs: number, inputs: number): void => {
    add(`${name}.weight`, outputs, inputs);
    add(`${name}.bias`, outputs);
  };
  const layerNorm = (name: string): void => {
    add(`${name}.weight`, HIDDEN);
    add(`${name}.bias`, HIDDEN);
  };
  add("bert.embeddings.word_embeddings.weight", VOCABULARY.length, HIDDEN);
  add("bert.embeddings.position_embeddings.weight", POSITIONS, HIDDEN);
  add("bert.embeddings.token_type_embeddings.weight", 2, HIDDEN);
  layerNorm("bert.embeddings.LayerNorm");
  for (const layer of ["bert.encoder.layer.0", "bert.encoder.layer.1"]) {
    for (const part of ["query", "key", "value"])
      dense(`${layer}.attention.self.${part}`, HIDDEN, HIDDEN);
    dense(`${layer}.attention.output.dense`, HIDDEN, HIDDEN);
    layerNorm(`${layer}.attention.output.LayerNorm`);
    dense(`${layer}.intermediate.dense`, INTERMEDIATE, HIDDEN);
    dense(`${layer}.output.dense`, HIDDEN, INTERMEDIATE);
    layerNorm(`${layer}.output.LayerNorm`);
  }
  dense("bert.pooler.dense", HIDDEN, HIDDEN);
  dense("classifier", labels, HIDDEN);
  return tensors;
}

export type FloatDtype = "F32" | "F16" | "BF16";

/** A safetensors file. `extra` goes into the header as it is, with its bytes at the end. */
export function safetensorsFile(
  tensors: ReadonlyMap<string, FloatTensor>,
  dtype: FloatDtype = "F32",
  extra: { name: string; dtype: string; shape: number[]; bytes: number }[] = [],
): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  const parts: Buffer[] = [];
  let end = 0;
  const place = (bytes: number): [number, number] => [end, (end += bytes)];
  for (const [name, { shape, values }] of tensors) {
    const part = encode(values, dtype);
    parts.push(part);
    header[name] = { dtype, shape, data_offsets: place(part.length) };
  }
  for (const { name, bytes, ...rest } of extra) {
    parts.push(Buffer.alloc(bytes));
    header[name] = { ...rest, data_offsets: place(bytes) };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...parts]);
}

function encode(values: readonly number[], dtype: FloatDtype): Buffer {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  if (dtype === "F32") return Buffer.from(bits.buffer);
  return Buffer.from(Uint16Array.from(bits, dtype === "BF16" ? (b) => b >>> 16 : halfBits).buffer);
}

/** binary32 to binary16, for values that binary16 holds as normal numbers. */
function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  return exponent === 0 ? sign : sign | ((exponent - 112) << 10) | ((bits >>> 13) & 0x3ff);
}

/** Writes a checkpoint folder; files given as undefined are left out. */
export function writeCheckpoint(
  folder: string,
  files: Record<string, string | Uint8Array | object | undefined> = {},
): string {
  mkdirSync(folder, { recursive: true });
  const all: typeof files = {
    "config.json": smallConfig(),
    "tokenizer.json": smallTokenizer(),
    "model.safetensors": safetensorsFile(smallTensors()),
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    if (content === undefined) continue;
    const raw = typeof content === "string" || content instanceof Uint8Array;
    writeFileSync(join(folder, name), raw ? content : JSON.stringify(content));
  }
  return folder;
}
