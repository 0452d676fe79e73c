import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseSafetensors } from "../../engine/safetensors.ts";
import { runTool, temporaryFolder } from "./run-tool.ts";
import { safetensorsFile, smallConfig, smallTensors, writeCheckpoint } from "./small-checkpoint.ts";
import { seededRandom } from "../../tools/evaluation/random.ts";

const newFolder = temporaryFolder();

async function packed(files: Parameters<typeof writeCheckpoint>[1] = {}): Promise<string> {
  const folder = newFolder();
  const checkpoint = writeCheckpoint(newFolder(), files);
  expect((await runTool(["pack", checkpoint, folder, "--name", "small"])).err).toBe("");
  return folder;
}

async function unpacked(model: string): Promise<string> {
  const folder = newFolder();
  expect(await runTool(["unpack", model, folder])).toMatchObject({ exitCode: 0, err: "" });
  return folder;
}

/** Weights of all magnitudes, so that the rounding of every scale is put to the test. */
function wildTensors(): ReturnType<typeof smallTensors> {
  const random = seededRandom(7);
  const tensors = smallTensors(2);
  for (const { shape, values } of tensors.values()) {
    const columns = shape[1] ?? 1;
    let magnitude = 1;
    values.forEach((_, i) => {
      if (i % columns === 0) magnitude = 10 ** (random() * 12 - 9);
      values[i] = (random() * 2 - 1) * magnitude;
    });
  }
  tensors.get("bert.pooler.dense.weight")!.values.fill(0, 0, 32);
  tensors.get("bert.pooler.dense.weight")!.values.fill(1e-43, 32, 64);
  return tensors;
}

test("packing an unpacked model gives the same weights and tokenizer, byte for byte", async () => {
  const model = await packed({
    "config.json": smallConfig(["no", "yes"]),
    "model.safetensors": safetensorsFile(wildTensors()),
  });
  const again = newFolder();
  await runTool(["pack", await unpacked(model), again, "--name", "small"]);
  for (const file of ["weights.safetensors", "tokenizer.json"]) {
    expect(readFileSync(join(again, file)).equals(readFileSync(join(model, file))), file).toBe(
      true,
    );
  }
  const [before, after] = [model, again].map((folder) =>
    JSON.parse(readFileSync(join(folder, "model.json"), "utf8")),
  );
  expect({ ...after, source: undefined, digest: undefined }).toEqual({
    ...before,
    source: undefined,
    digest: undefined,
  });
});

test("an unpacked weight is the int8 weight times its row's scale, in float32", async () => {
  const model = await packed();
  const folder = await unpacked(model);
  const { tensors } = parseSafetensors(readFileSync(join(model, "weights.safetensors")));
  const floats = parseSafetensors(readFileSync(join(folder, "model.safetensors")));
  expect(floats.metadata).toEqual({ format: "pt" });
  expect([...floats.tensors.keys()].sort()).toEqual([...smallTensors().keys()].sort());
  for (const [name, { dtype, shape, data }] of floats.tensors) {
    expect(dtype).toBe("F32");
    expect(shape).toEqual(tensors.get(name)!.shape);
    const q = tensors.get(name)!;
    if (q.dtype === "F32") {
      expect(Buffer.compare(q.data, data)).toBe(0);
      continue;
    }
    const scales = new Float32Array(new Uint8Array(tensors.get(`${name}_scale`)!.data).buffer);
    const expected = Array.from(new Int8Array(q.data), (value, i) =>
      Math.fround(value * scales[Math.floor(i / shape[1]!)]!),
    );
    expect([...new Float32Array(new Uint8Array(data).buffer)]).toEqual(expected);
  }
});

test("the unpacked config.json is the checkpoint's in what the model computes", async () => {
  const labels = ["no", "yes"];
  const model = await packed({
    "config.json": smallConfig(labels),
    "model.safetensors": safetensorsFile(smallTensors(2)),
  });
  const folder = await unpacked(model);
  const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
  expect(config).toMatchObject({ ...smallConfig(labels), label2id: { no: 0, yes: 1 } });
  const settings = JSON.parse(readFileSync(join(folder, "tokenizer_config.json"), "utf8"));
  expect(settings).toMatchObject({ do_lower_case: true, model_max_length: 48, cls_token: "[CLS]" });
});

test.each<[kind: string, config: object]>([
  ["multi-label-classification", { problem_type: "multi_label_classification" }],
  ["token-classification", { architectures: ["BertForTokenClassification"] }],
])("a %s is written back as the checkpoint that it was", async (kind, changes) => {
  const labels = ["O", "B-PER"];
  const tensors = smallTensors(2);
  if (kind === "token-classification")
    for (const name of tensors.keys()) if (name.includes("pooler")) tensors.delete(name);
  const config = { ...smallConfig(labels), ...changes };
  const model = await packed({
    "config.json": config,
    "model.safetensors": safetensorsFile(tensors),
  });
  const folder = await unpacked(model);
  expect(JSON.parse(readFileSync(join(folder, "config.json"), "utf8"))).toMatchObject(config);
  const floats = parseSafetensors(readFileSync(join(folder, "model.safetensors")));
  expect([...floats.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
  const again = newFolder();
  await runTool(["pack", folder, again, "--name", "small"]);
  const [before, after] = [model, again].map(
    (path) => JSON.parse(readFileSync(join(path, "model.json"), "utf8")) as object,
  );
  expect({ ...after, source: undefined, digest: undefined }).toEqual({
    ...before,
    source: undefined,
    digest: undefined,
  });
});

test("unpack does not write into a folder that holds files", async () => {
  const folder = newFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, "model.safetensors"), "precious");
  const { exitCode, err } = await runTool(["unpack", await packed(), folder]);
  expect(exitCode).toBe(1);
  expect(err).toContain("holds other files");
  expect(readdirSync(folder)).toEqual(["model.safetensors"]);
});

test.each<[string, (model: string) => void, string[]]>([
  [
    "is not there",
    (model) => rmSync(model, { recursive: true }),
    ["no packed model", "model.json"],
  ],
  [
    "has a manifest that is not JSON",
    (model) => writeFileSync(join(model, "model.json"), "{"),
    ["model.json is not JSON"],
  ],
  [
    "has longer weights",
    (model) => appendFileSync(join(model, "weights.safetensors"), "x"),
    ["weights.safetensors has", "model.json says", "npm run tools -- pack"],
  ],
  [
    "has lost its weights",
    (model) => rmSync(join(model, "weights.safetensors")),
    ["weights.safetensors is missing", "npm run tools -- pack"],
  ],
  [
    "has another tokenizer of the same size",
    flipTokenizer,
    ["tokenizer.json has the SHA-256", "npm run tools -- pack"],
  ],
])("unpack refuses a model that %s", async (_, damage, saying) => {
  const model = await packed();
  damage(model);
  const folder = newFolder();
  const { exitCode, err } = await runTool(["unpack", model, folder]);
  expect(exitCode).toBe(1);
  for (const text of saying) expect(err).toContain(text);
  expect(() => readdirSync(folder)).toThrow("ENOENT");
});

function flipTokenizer(model: string): void {
  const path = join(model, "tokenizer.json");
  writeFileSync(path, readFileSync(path, "utf8").replace('"rank"', '"runk"'));
}
