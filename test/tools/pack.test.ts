import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseManifest, type ModelManifest } from "../../engine/manifest.ts";
import { checkPackedTensors } from "../../engine/packed-tensors.ts";
import { parseSafetensors, type Tensor } from "../../engine/safetensors.ts";
import { runTool, temporaryFolder } from "./run-tool.ts";
import {
  safetensorsFile,
  smallConfig,
  smallTensors,
  smallTokenizer,
  writeCheckpoint,
} from "./small-checkpoint.ts";

const newFolder = temporaryFolder();

async function pack(files: Parameters<typeof writeCheckpoint>[1] = {}, ...options: string[]) {
  const folder = newFolder();
  const result = await runTool(["pack", writeCheckpoint(newFolder(), files), folder, ...options]);
  expect(result.err).toBe("");
  expect(result.exitCode).toBe(0);
  const weights = readFileSync(join(folder, "weights.safetensors"));
  const tokenizer = readFileSync(join(folder, "tokenizer.json"), "utf8");
  const manifest = parseManifest(JSON.parse(readFileSync(join(folder, "model.json"), "utf8")));
  return { folder, manifest, weights, tokenizer, out: result.out };
}

function int8(tensor: Tensor): Int8Array {
  return new Int8Array(tensor.data);
}

function float32(tensor: Tensor): Float32Array {
  return new Float32Array(new Uint8Array(tensor.data).buffer);
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

describe("a packed model", () => {
  test("has a manifest with the checkpoint's sizes and labels and the files' sizes and hashes", async () => {
    const labels = ["no", "yes", "maybe"];
    const source = safetensorsFile(smallTensors(3));
    const { manifest, weights, tokenizer, out } = await pack(
      { "config.json": smallConfig(labels), "model.safetensors": source },
      "--name",
      "org/small",
    );
    expect(manifest).toEqual({
      format: "x-rerank-model",
      version: 1,
      name: "org/small",
      architecture: {
        hiddenSize: 32,
        numLayers: 2,
        numHeads: 2,
        intermediateSize: 64,
        vocabSize: 54,
        maxSeqLength: 48,
        typeVocabSize: 2,
        layerNormEps: 1e-12,
      },
      head: { kind: "sequence-classification", labels },
      weights: { file: "weights.safetensors", bytes: weights.length, sha256: sha256(weights) },
      tokenizer: {
        file: "tokenizer.json",
        bytes: Buffer.byteLength(tokenizer),
        sha256: sha256(tokenizer),
      },
      source: { weightsSha256: sha256(source) },
    } satisfies ModelManifest);
    expect(out).toMatch(/^Packed org\/small \(3 labels, .* kB of weights\) into .*\n$/);
  });

  test("is named after the checkpoint's folder unless a name is given", async () => {
    const checkpoint = writeCheckpoint(join(newFolder(), "my-model"));
    const folder = newFolder();
    await runTool(["pack", checkpoint, folder]);
    expect(JSON.parse(readFileSync(join(folder, "model.json"), "utf8")).name).toBe("my-model");
  });

  test("holds every matrix as int8 rows within half a scale of the floats, and all else unchanged", async () => {
    const source = smallTensors();
    const { manifest, weights } = await pack({ "model.safetensors": safetensorsFile(source) });
    const { tensors, metadata } = parseSafetensors(weights);
    expect(metadata).toEqual({ format: "x-rerank-model", version: "1" });
    expect(() => checkPackedTensors(manifest, tensors)).not.toThrow();
    let matrices = 0;
    for (const [name, { shape, values }] of source) {
      const tensor = tensors.get(name)!;
      expect(tensor.shape).toEqual(shape);
      if (tensor.dtype === "F32") {
        expect([...float32(tensor)], name).toEqual(values);
        continue;
      }
      matrices++;
      const scales = float32(tensors.get(`${name}_scale`)!);
      const worst = worstError(values, int8(tensor), scales);
      expect(worst.error, name).toBeLessThanOrEqual(0.5 + 1e-6);
      expect(worst.peak, name).toBe(127);
    }
    expect(matrices).toBe(3 + 2 * 6 + 1);
  });

  test("starts every tensor at a multiple of 16 bytes, bar the few whose own sizes forbid it", async () => {
    const { weights } = await pack();
    const { tensors } = parseSafetensors(weights);
    const misaligned = [...tensors]
      .filter(([, { data }]) => (data.byteOffset - weights.byteOffset) % 16 !== 0)
      .map(([name, { data }]) => [name, data.length % 16 !== 0]);
    expect(misaligned.length).toBeLessThanOrEqual(3);
    expect(misaligned.every(([, odd]) => odd)).toBe(true);
  });

  test("carries the tokenizer without its truncation and padding, as compact JSON", async () => {
    const { tokenizer } = await pack();
    expect(JSON.parse(tokenizer)).toEqual({ ...smallTokenizer(), truncation: null, padding: null });
    expect(tokenizer).not.toContain("\n");
  });
});

describe("every kind of head", () => {
  const labels = ["O", "B-PER", "I-PER"];
  const token = { ...smallConfig(labels), architectures: ["BertForTokenClassification"] };
  const text = (problem: string | null | undefined) => ({
    ...smallConfig(labels),
    problem_type: problem,
  });
  const poolerless = smallTensors(3);
  for (const name of poolerless.keys()) if (name.includes("pooler")) poolerless.delete(name);

  test.each<[string, object, ModelManifest["head"]["kind"]]>([
    ["one of several labels", text(undefined), "sequence-classification"],
    ["one of several, said so", text("single_label_classification"), "sequence-classification"],
    [
      "labels that exclude nothing",
      text("multi_label_classification"),
      "multi-label-classification",
    ],
    ["a label a token", token, "token-classification"],
    [
      "old: no architectures",
      { ...text(null), architectures: undefined },
      "sequence-classification",
    ],
  ])("%s", async (_, config, kind) => {
    const weights = safetensorsFile(smallTensors(3));
    const { manifest } = await pack({ "config.json": config, "model.safetensors": weights });
    expect(manifest.head).toEqual({ kind, labels });
  });

  test("a reranker that was trained by regression has one logit, as any", async () => {
    const config = { ...smallConfig(), problem_type: "regression" };
    const { manifest } = await pack({ "config.json": config });
    expect(manifest.head.kind).toBe("sequence-classification");
  });

  test("a token classifier has no pooler, whether or not its checkpoint has one left", async () => {
    const [without, left] = await Promise.all(
      [poolerless, smallTensors(3)].map((tensors) =>
        pack({ "config.json": token, "model.safetensors": safetensorsFile(tensors) }),
      ),
    );
    const names = [...parseSafetensors(without!.weights).tensors.keys()];
    expect(names.filter((name) => name.includes("pooler"))).toEqual([]);
    expect(names).toContain("classifier.weight");
    expect(without!.weights.length).toBe(left!.weights.length);
    expect(without!.out).toContain("3 labels a token");
  });
});

describe("the same weights give the same file", () => {
  const reference = pack().then(({ manifest }) => manifest.weights.sha256);
  const tensors = smallTensors();
  const unprefixed = new Map(
    [...tensors].map(([name, tensor]) => [name.replace(/^bert\./, ""), tensor]),
  );
  const oldNames = new Map(
    [...tensors].map(([name, tensor]) => [
      name
        .replace("LayerNorm.weight", "LayerNorm.gamma")
        .replace("LayerNorm.bias", "LayerNorm.beta"),
      tensor,
    ]),
  );
  const positionIds = {
    name: "bert.embeddings.position_ids",
    dtype: "I64",
    shape: [1, 48],
    bytes: 384,
  };
  const shards = (): Record<string, Uint8Array | object | undefined> => {
    const entries = [...tensors];
    const files = [entries.slice(0, 20), entries.slice(20)];
    const nameOf = (index: number): string => `model-0000${index + 1}-of-00002.safetensors`;
    const map = files.flatMap((part, index) => part.map(([name]) => [name, nameOf(index)]));
    return {
      "model.safetensors": undefined,
      "model.safetensors.index.json": { weight_map: Object.fromEntries(map) },
      ...Object.fromEntries(files.map((part, i) => [nameOf(i), safetensorsFile(new Map(part))])),
    };
  };

  test.each<[string, Parameters<typeof pack>[0]]>([
    ["from F16", { "model.safetensors": safetensorsFile(tensors, "F16") }],
    ["from BF16", { "model.safetensors": safetensorsFile(tensors, "BF16") }],
    ["without the bert. prefix", { "model.safetensors": safetensorsFile(unprefixed) }],
    ["with LayerNorm's old names", { "model.safetensors": safetensorsFile(oldNames) }],
    [
      "with position_ids beside them",
      { "model.safetensors": safetensorsFile(tensors, "F32", [positionIds]) },
    ],
    ["in another order", { "model.safetensors": safetensorsFile(new Map([...tensors].reverse())) }],
    ["in shards", shards()],
  ])("%s", async (_, files) => {
    const { manifest } = await pack(files);
    expect(manifest.weights.sha256).toBe(await reference);
  });
});

describe("the output folder", () => {
  test("is replaced when it holds an older packed model, and keeps its other files", async () => {
    const { folder } = await pack();
    writeFileSync(join(folder, "README.md"), "model card");
    const checkpoint = writeCheckpoint(newFolder(), {
      "model.safetensors": safetensorsFile(smallTensors(1, 2)),
    });
    const before = readFileSync(join(folder, "weights.safetensors"));
    expect((await runTool(["pack", checkpoint, folder])).exitCode).toBe(0);
    expect(readFileSync(join(folder, "weights.safetensors")).equals(before)).toBe(false);
    expect(readdirSync(folder).sort()).toEqual([
      "README.md",
      "model.json",
      "tokenizer.json",
      "weights.safetensors",
    ]);
  });

  test("may be there, empty", async () => {
    const folder = newFolder();
    mkdirSync(folder);
    expect((await runTool(["pack", writeCheckpoint(newFolder()), folder])).exitCode).toBe(0);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  test("is left alone when it holds anything else", async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, "thesis.txt"), "x");
    const { exitCode, err } = await runTool(["pack", writeCheckpoint(newFolder()), folder]);
    expect(exitCode).toBe(1);
    expect(err).toContain("holds other files");
    expect(readdirSync(folder)).toEqual(["thesis.txt"]);
  });

  test("may not be a file", async () => {
    const file = newFolder();
    writeFileSync(file, "x");
    const { exitCode, err } = await runTool(["pack", writeCheckpoint(newFolder()), file]);
    expect(exitCode).toBe(1);
    expect(err).toContain("is a file");
  });

  test("and nothing beside it is written when packing fails", async () => {
    const parent = newFolder();
    mkdirSync(parent);
    const checkpoint = writeCheckpoint(newFolder(), { "config.json": "{" });
    expect((await runTool(["pack", checkpoint, join(parent, "out")])).exitCode).toBe(1);
    expect(readdirSync(parent)).toEqual([]);
    expect(existsSync(join(parent, "out"))).toBe(false);
  });
});

/** The largest |w - q * scale| / scale, and the smallest of the rows' largest |q|. */
function worstError(values: readonly number[], q: Int8Array, scales: Float32Array) {
  const columns = q.length / scales.length;
  const peaks = Array.from(scales, () => 0);
  let error = 0;
  values.forEach((value, i) => {
    const row = Math.floor(i / columns);
    const scale = scales[row]!;
    error = Math.max(error, Math.abs(value - q[i]! * scale) / scale);
    peaks[row] = Math.max(peaks[row]!, Math.abs(q[i]!));
  });
  return { error, peak: Math.min(...peaks) };
}
