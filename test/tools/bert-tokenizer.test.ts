import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PairTokenizer } from "../../engine/tokenizer.ts";
import { buildBertTokenizer } from "../../tools/checkpoint/bert-tokenizer.ts";
import { runTool, temporaryFolder } from "./run-tool.ts";
import { bertTokenizers, VOCABULARY, writeCheckpoint } from "./small-checkpoint.ts";

const newFolder = temporaryFolder();
const { library, version } = bertTokenizers.manifest;

async function packedTokenizer(vocabulary: string, settings: object | undefined): Promise<string> {
  const folder = newFolder();
  const checkpoint = writeCheckpoint(newFolder(), {
    "tokenizer.json": undefined,
    "vocab.txt": vocabulary,
    "tokenizer_config.json": settings,
  });
  const { err } = await runTool(["pack", checkpoint, folder]);
  expect(err).toBe("");
  return readFileSync(join(folder, "tokenizer.json"), "utf8");
}

describe(`a tokenizer built from vocab.txt is the one of Python's ${library} ${version}`, () => {
  test.each(bertTokenizers.cases)("$name", async ({ settings, tokenizer, ids }) => {
    const built = await packedTokenizer(`${VOCABULARY.join("\n")}\n`, settings);
    const vocab = Object.fromEntries(VOCABULARY.map((token, id) => [token, id]));
    expect(JSON.parse(built)).toEqual({ ...tokenizer, model: { ...tokenizer.model, vocab } });
    const pairTokenizer = new PairTokenizer(built, 48);
    expect(bertTokenizers.texts.map((text) => [...pairTokenizer.encode(text)])).toEqual(ids);
  });
});

test("Windows line ends, no last line end and no tokenizer_config.json change nothing", async () => {
  const expected = await packedTokenizer(`${VOCABULARY.join("\n")}\n`, {});
  expect(await packedTokenizer(VOCABULARY.join("\r\n"), undefined)).toBe(expected);
});

test("special tokens may be given as objects, as old tokenizer_config.json files do", async () => {
  const asObject = { __type: "AddedToken", content: "[MASK]", lstrip: false, normalized: true };
  const expected = await packedTokenizer(VOCABULARY.join("\n"), {});
  expect(await packedTokenizer(VOCABULARY.join("\n"), { mask_token: asObject })).toBe(expected);
});

test("the vocabulary of the default model, written as vocab.txt, gives its tokenizer.json back", async () => {
  const models = join(import.meta.dirname, "../../models");
  const original = readFileSync(join(models, "rerank-minilm-l6/tokenizer.json"), "utf8");
  const { vocab } = (JSON.parse(original) as { model: { vocab: Record<string, number> } }).model;
  const lines: string[] = [];
  for (const [token, id] of Object.entries(vocab)) lines[id] = token;
  expect(buildBertTokenizer(lines.join("\n"), {})).toEqual(JSON.parse(original));
});
