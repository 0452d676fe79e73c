import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { runTool, temporaryFolder } from "./run-tool.ts";
import {
  safetensorsFile,
  smallConfig,
  smallTensors,
  smallTokenizer,
  VOCABULARY,
  writeCheckpoint,
} from "./small-checkpoint.ts";

const newFolder = temporaryFolder();

type Files = Parameters<typeof writeCheckpoint>[1];

const config = (changes: Record<string, unknown>): Files => ({
  "config.json": { ...smallConfig(), ...changes },
});
const tokenizer = (changes: Record<string, unknown>): Files => ({
  "tokenizer.json": { ...smallTokenizer(), ...changes },
});
const weights = (change: (tensors: ReturnType<typeof smallTensors>) => void): Files => {
  const tensors = smallTensors();
  change(tensors);
  return { "model.safetensors": safetensorsFile(tensors) };
};
const QUERY = "bert.encoder.layer.1.attention.self.query.weight";
const whole = safetensorsFile(smallTensors());

test.each<[what: string, files: Files, saying: string[]]>([
  [
    "no config.json",
    { "config.json": undefined },
    ["config.json does not exist", "Hugging Face checkpoint"],
  ],
  ["a config.json that is not JSON", { "config.json": "{" }, ["config.json is not JSON"]],
  ["a config.json that is a list", { "config.json": "[]" }, ["config.json is not a JSON object"]],
  ["another model family", config({ model_type: "roberta" }), ['model_type is "roberta"']],
  [
    "a bare encoder's class",
    config({ architectures: ["BertModel"] }),
    ['architectures is ["BertModel"]', "cross-encoder"],
  ],
  [
    "a class with another head",
    config({ architectures: ["BertForQuestionAnswering"] }),
    ["BertForQuestionAnswering", "BertForTokenClassification", "token classifier"],
  ],
  [
    "a regression of several values",
    config({ problem_type: "regression", id2label: { 0: "a", 1: "b" } }),
    ['problem_type is "regression" with 2 labels', "multi_label_classification"],
  ],
  [
    "an unknown problem",
    config({ problem_type: "ordinal" }),
    ['problem_type is "ordinal"', "single_label_classification"],
  ],
  ["another activation", config({ hidden_act: "gelu_new" }), ['hidden_act is "gelu_new"']],
  [
    "relative positions",
    config({ position_embedding_type: "relative_key" }),
    ['position_embedding_type is "relative_key"'],
  ],
  ["a decoder", config({ is_decoder: true }), ["is_decoder is true"]],
  ["a size that is missing", config({ hidden_size: undefined }), ["hidden_size is missing"]],
  ["a size over the engine's", config({ hidden_size: 2048 }), ["hidden_size", "1024", "2048"]],
  [
    "a window over the engine's",
    config({ max_position_embeddings: 8192 }),
    ["max_position_embeddings", "8192"],
  ],
  [
    "heads that do not divide",
    config({ num_attention_heads: 3 }),
    ["num_attention_heads", "multiple of 8"],
  ],
  ["labels with a hole", config({ id2label: { 0: "a", 2: "b" } }), ["id2label"]],
  [
    "labels that repeat",
    {
      ...config({ id2label: { 0: "a", 1: "a" } }),
      "model.safetensors": safetensorsFile(smallTensors(2)),
    },
    ["labels", "distinct"],
  ],
  [
    "more labels than rows",
    config({ id2label: { 0: "a", 1: "b" } }),
    ['"classifier.weight" is [1, 32], not [2, 32]'],
  ],
  ["no tokenizer", { "tokenizer.json": undefined }, ["neither tokenizer.json nor vocab.txt"]],
  ["a tokenizer that is not JSON", { "tokenizer.json": "nope" }, ["tokenizer.json is not JSON"]],
  [
    "a tokenizer of another kind",
    tokenizer({ model: { type: "BPE", vocab: {} } }),
    ["tokenizer.json", "BPE"],
  ],
  [
    "a tokenizer with more tokens than the model",
    { ...config({ vocab_size: 50 }), ...weights((tensors) => shorten(tensors, 50)) },
    ["token id 53", "vocab_size is 50"],
  ],
  [
    "a vocabulary without [SEP]",
    {
      "tokenizer.json": undefined,
      "vocab.txt": VOCABULARY.filter((token) => token !== "[SEP]").join("\n"),
    },
    ["vocab.txt has no [SEP] token"],
  ],
  [
    "a vocabulary for another splitter",
    {
      "tokenizer.json": undefined,
      "vocab.txt": VOCABULARY.join("\n"),
      "tokenizer_config.json": { do_basic_tokenize: false },
    },
    ["do_basic_tokenize"],
  ],
  ["no weights", { "model.safetensors": undefined }, ["has no model.safetensors"]],
  [
    "weights as a pickle only",
    { "model.safetensors": undefined, "pytorch_model.bin": "x" },
    ["pytorch_model.bin", "save_pretrained"],
  ],
  [
    "cut weights",
    { "model.safetensors": whole.subarray(0, -100) },
    ["model.safetensors is cut", "Fetch the checkpoint again"],
  ],
  [
    "a Git LFS pointer in place of the weights",
    { "model.safetensors": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n" },
    ["Git LFS pointer"],
  ],
  [
    "a shard that is missing",
    {
      "model.safetensors": undefined,
      "model.safetensors.index.json": { weight_map: { a: "model-1.safetensors" } },
    },
    ["model-1.safetensors does not exist"],
  ],
  [
    "an index that points outside its folder",
    {
      "model.safetensors": undefined,
      "model.safetensors.index.json": { weight_map: { a: "../x.safetensors" } },
    },
    ["no weight_map of file names"],
  ],
  ["a missing tensor", weights((tensors) => tensors.delete(QUERY)), [`"${QUERY}" is missing`]],
  [
    "a left-over tensor",
    weights((tensors) => tensors.set("cls.bias", { shape: [1], values: [0] })),
    ['"cls.bias" does not belong there'],
  ],
  [
    "a misshaped tensor",
    weights((tensors) =>
      tensors.set(QUERY, { shape: [16, 64], values: tensors.get(QUERY)!.values }),
    ),
    [`"${QUERY}" is [16, 64], not [32, 32]`],
  ],
  [
    "a dtype that is no float",
    {
      "model.safetensors": safetensorsFile(without(QUERY), "F32", [
        { name: QUERY, dtype: "I8", shape: [32, 32], bytes: 1024 },
      ]),
    },
    [`"${QUERY}" is I8, not F32, F16 or BF16`],
  ],
  [
    "no classification head",
    weights((tensors) => {
      tensors.delete("classifier.weight");
      tensors.delete("classifier.bias");
    }),
    ["no classification head"],
  ],
  [
    "another encoder's tensors",
    { "model.safetensors": safetensorsFile(new Map([["roberta.x", { shape: [1], values: [0] }]])) },
    ["no BERT encoder"],
  ],
  [
    "a weight that is not a number",
    weights((tensors) => (tensors.get(QUERY)!.values[5] = NaN)),
    [QUERY, "NaN at element 5"],
  ],
  [
    "an infinite weight",
    weights((tensors) => (tensors.get("classifier.bias")!.values[0] = -Infinity)),
    ["classifier.bias", "-Infinity"],
  ],
])("pack refuses %s in one line that names it", async (_, files, saying) => {
  const folder = newFolder();
  const { exitCode, out, err } = await runTool([
    "pack",
    writeCheckpoint(newFolder(), files),
    folder,
  ]);
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: "" });
  expect(err).toMatch(/^pack: [^\n]+\n$/);
  for (const text of saying) expect(err).toContain(text);
  expect(existsSync(folder)).toBe(false);
});

test("many problems are counted, not listed", async () => {
  const files = weights((tensors) => {
    for (const name of tensors.keys()) if (name.includes("layer.1")) tensors.delete(name);
  });
  const { err } = await runTool(["pack", writeCheckpoint(newFolder(), files), newFolder()]);
  expect(err).toMatch(/; and 11 more\. /);
});

function shorten(tensors: ReturnType<typeof smallTensors>, rows: number): void {
  const words = tensors.get("bert.embeddings.word_embeddings.weight")!;
  const columns = words.shape[1]!;
  words.shape = [rows, columns];
  words.values.length = rows * columns;
}

function without(name: string): ReturnType<typeof smallTensors> {
  const tensors = smallTensors();
  tensors.delete(name);
  return tensors;
}
