import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { sealedManifest } from "../fixtures/sealed-manifest.ts";
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
  const { env } = process;
  return spawnSync(process.execPath, ["tools/build-assets.ts"], {
    cwd: project,
    encoding: "utf8",
    // An empty one is the same as none.
    env: { ...env, MODEL: model ?? "" },
  });
}

interface BuiltModel {
  folder: string;
  manifest: { name: string };
}

const builtModels = (): BuiltModel[] =>
  JSON.parse(readFileSync(join(assets, "models.json"), "utf8")) as BuiltModel[];

const builtNames = (): string[] => builtModels().map(({ manifest }) => manifest.name);

const builtFiles = (): string[] =>
  readdirSync(assets, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(assets, join(parentPath, name)))
    .sort();

/** Each test starts Node some times over. */
const TIMEOUT = { timeout: 60_000 };

describe("what the Worker is built with", TIMEOUT, () => {
  const DEFAULT_FILES = [
    "models.json",
    "models/x-rerank-minilm-l6/tokenizer.json",
    "models/x-rerank-minilm-l6/weights.safetensors.0",
    "models/x-rerank-minilm-l6/weights.safetensors.1",
  ];
  const mineIn = (folder: string): string[] => [
    `models/${folder}/tokenizer.json`,
    `models/${folder}/weights.safetensors.0`,
  ];

  test("is the default model, in parts that together are its weights", () => {
    expect(build()).toMatchObject({ status: 0, stderr: "" });
    expect(builtFiles()).toEqual(DEFAULT_FILES);
    const [{ folder }] = builtModels() as [BuiltModel];
    const parts = [0, 1].map((part) =>
      readFileSync(join(assets, folder, `weights.safetensors.${part}`)),
    );
    const whole = readFileSync(join(project, "models/rerank-minilm-l6/weights.safetensors"));
    expect(Buffer.concat(parts).equals(whole)).toBe(true);
  });

  test("is the model that MODEL names, and nothing of the one before", () => {
    expect(build(packedFolder(syntheticModel(SHAPE)))).toMatchObject({ status: 0, stderr: "" });
    expect(builtNames()).toEqual(["test/mine"]);
    expect(builtFiles()).toEqual(["models.json", ...mineIn("test-mine")]);
    expect(build("models/rerank-minilm-l6")).toMatchObject({ status: 0, stderr: "" });
    expect(builtFiles()).toEqual(DEFAULT_FILES);
  });

  test("is all models that MODEL lists, the first of them the default one", () => {
    const other = packedFolder(syntheticModel({ ...SHAPE, name: "other", seed: 4 }));
    const mine = packedFolder(syntheticModel(SHAPE));
    expect(build(`${other}, ${mine}`)).toMatchObject({ status: 0, stderr: "" });
    expect(builtNames()).toEqual(["test/other", "test/mine"]);
    expect(builtFiles()).toEqual(["models.json", ...mineIn("test-mine"), ...mineIn("test-other")]);
    expect(build(mine)).toMatchObject({ status: 0, stderr: "" });
    expect(builtFiles()).toEqual(["models.json", ...mineIn("test-mine")]);
  });

  test("leaves the files of the playground and of the API's page alone, whatever a model's name", () => {
    const others = ["docs/main.js", "playground/index.js", "playground.html"];
    for (const file of others) {
      mkdirSync(dirname(join(assets, file)), { recursive: true });
      writeFileSync(join(assets, file), "");
    }
    const model = syntheticModel(SHAPE);
    const manifest = { ...(model.manifest as object), name: "docs" };
    expect(build(packedFolder({ ...model, manifest }))).toMatchObject({ status: 0, stderr: "" });
    expect(build(packedFolder(model))).toMatchObject({ status: 0, stderr: "" });
    expect(builtFiles()).toEqual([
      "docs/main.js",
      "models.json",
      ...mineIn("test-mine"),
      "playground.html",
      "playground/index.js",
    ]);
  });

  test("has no file of an older version of the same model", () => {
    expect(build("models/rerank-minilm-l6")).toMatchObject({ status: 0 });
    writeFileSync(join(assets, "models/x-rerank-minilm-l6/weights.safetensors.2"), "x");
    expect(build("models/rerank-minilm-l6")).toMatchObject({ status: 0 });
    expect(readdirSync(join(assets, "models/x-rerank-minilm-l6")).sort()).toEqual(
      DEFAULT_FILES.slice(1).map((path) => basename(path)),
    );
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
          JSON.stringify(sealedManifest({ ...(model.manifest as object), head })),
        );
        return folder;
      },
      ['"bert.pooler.dense.weight" is missing'],
    ],
    [
      "one whose manifest was changed by hand",
      () => {
        const model = syntheticModel(SHAPE);
        const folder = packedFolder(model);
        const json = JSON.stringify({ ...(model.manifest as object), name: "test/other" });
        writeFileSync(join(folder, "model.json"), json);
        return folder;
      },
      ["model.json was changed after it was written", "npm run tools -- pack"],
    ],
    [
      "one after a good one",
      () => `${packedFolder(syntheticModel(SHAPE))},models/none`,
      ["models/none holds no packed model"],
    ],
    [
      "a second one of the same name",
      () => [1, 2].map((seed) => packedFolder(syntheticModel({ ...SHAPE, seed }))).join(","),
      ["test/mine"],
    ],
  ])("%s", (_, folder, saying) => {
    writeFileSync(join(assets, "models.json"), '[{"manifest": {"name": "the one before"}}]');
    const model = folder();
    const { status, stderr } = build(model);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    for (const text of [`MODEL=${model} cannot be served`, ...saying])
      expect(stderr).toContain(text);
    expect(builtNames()).toEqual(["the one before"]);
  });
});
