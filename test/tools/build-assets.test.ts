import { spawnSync } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { syntheticModel, type SyntheticShape } from "../fixtures/synthetic-model.ts";
import { stagedProject } from "../staged-project.ts";

const SHAPE: SyntheticShape = {
  name: "mine",
  kind: "token-classification",
  hiddenSize: 32,
  numLayers: 1,
  numHeads: 2,
  intermediateSize: 64,
  vocabSize: 100,
  maxSeqLength: 40,
  labels: ["O", "B-PER"],
  seed: 3,
};

const project = stagedProject();
const assets = join(project, "worker/build");

function build(model?: string): { status: number | null; stderr: string } {
  const { MODEL: _, ...env } = process.env;
  return spawnSync(process.execPath, ["tools/build-assets.ts"], {
    cwd: project,
    encoding: "utf8",
    env: { ...env, ...(model !== undefined && { MODEL: model }) },
  });
}

const builtModel = (): unknown =>
  (JSON.parse(readFileSync(join(assets, "model.json"), "utf8")) as { name: string }).name;

/** Each test starts Node some times over. */
const TIMEOUT = { timeout: 60_000 };

describe("what the Worker is built with", TIMEOUT, () => {
  const DEFAULT_FILES = [
    "model.json",
    "tokenizer.json",
    "weights.safetensors.0",
    "weights.safetensors.1",
  ];

  test("is the default model, in parts that together are its weights", () => {
    expect(build()).toMatchObject({ status: 0, stderr: "" });
    expect(readdirSync(assets).sort()).toEqual(DEFAULT_FILES);
    const parts = [0, 1].map((part) => readFileSync(join(assets, `weights.safetensors.${part}`)));
    const whole = readFileSync(join(project, "models/rerank-minilm-l6/weights.safetensors"));
    expect(Buffer.concat(parts).equals(whole)).toBe(true);
  });

  test("is the model that MODEL names, and nothing of the one before", () => {
    expect(build(packedFolder(syntheticModel(SHAPE)))).toMatchObject({ status: 0, stderr: "" });
    expect(builtModel()).toBe("test/mine");
    expect(readdirSync(assets).sort()).toEqual(DEFAULT_FILES.slice(0, 3));
    expect(build("models/rerank-minilm-l6")).toMatchObject({ status: 0, stderr: "" });
    expect(readdirSync(assets).sort()).toEqual(DEFAULT_FILES);
  });
});

describe("a folder that cannot be served is refused before anything is written:", TIMEOUT, () => {
  test.each<[string, () => string, string[]]>([
    ["one that is not there", () => "models/none", ["no packed model", "npm run tools -- pack"]],
    ["a file", () => "package.json", ["no packed model"]],
    [
      "one with damaged weights",
      () => {
        const folder = packedFolder(syntheticModel(SHAPE));
        appendFileSync(join(folder, "weights.safetensors"), "x");
        return folder;
      },
      ["weights.safetensors has", "npm run tools -- pack"],
    ],
    [
      "one whose manifest asks for another head",
      () => {
        const model = syntheticModel(SHAPE);
        const head = { kind: "sequence-classification", labels: ["O", "B-PER"] };
        const folder = packedFolder(model);
        writeFileSync(
          join(folder, "model.json"),
          JSON.stringify({ ...(model.manifest as object), head }),
        );
        return folder;
      },
      ['"bert.pooler.dense.weight" is missing'],
    ],
  ])("%s", (_, folder, saying) => {
    writeFileSync(join(assets, "model.json"), '{"name": "the one before"}');
    const model = folder();
    const { status, stderr } = build(model);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    for (const text of [`MODEL=${model} cannot be served`, ...saying])
      expect(stderr).toContain(text);
    expect(builtModel()).toBe("the one before");
  });
});
