import { describe, expect, test } from "vitest";
import { parseManifest, type ModelManifest } from "../../engine/manifest.ts";
import { ModelError, type ModelErrorCode } from "../../engine/model-error.ts";
import { checkPackedTensors, packedTensors } from "../../engine/packed-tensors.ts";
import type { Tensor } from "../../engine/safetensors.ts";

const HASH = "0123456789abcdef".repeat(4);

function manifest(): ModelManifest {
  return {
    format: "x-rerank-model",
    version: 1,
    name: "org/name",
    description: "A model.",
    architecture: {
      hiddenSize: 384,
      numLayers: 6,
      numHeads: 12,
      intermediateSize: 1536,
      vocabSize: 30522,
      maxSeqLength: 512,
      typeVocabSize: 2,
      layerNormEps: 1e-12,
    },
    head: { kind: "sequence-classification", labels: ["LABEL_0"] },
    weights: { file: "weights.safetensors", bytes: 1, sha256: HASH },
    tokenizer: { file: "tokenizer.json", bytes: 2 ** 31 - 1, sha256: HASH },
    source: { repository: "org/name", revision: "main", weightsSha256: HASH },
  };
}

/** The manifest with the field at a path replaced; undefined removes it. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(manifest()) as unknown as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop()!;
  const parent = keys.reduce((object, key) => object[key] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function refusal(run: () => unknown): ModelError {
  try {
    run();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("a manifest", () => {
  test("that is sound is given back, without the fields it does not know", () => {
    const extended = { ...manifest(), later: 1, head: { ...manifest().head, later: 2 } };
    expect(parseManifest(extended)).toEqual(manifest());
  });

  test("needs neither description nor source", () => {
    const { description: _, source: __, ...rest } = manifest();
    expect(parseManifest(rest)).toEqual(rest);
  });

  test.each(["sequence-classification", "multi-label-classification", "token-classification"])(
    "may have the head %s",
    (kind) => {
      const head = { kind, labels: ["O", "B-PER"] };
      expect(parseManifest({ ...manifest(), head }).head).toEqual(head);
    },
  );

  test.each<[string, Partial<ModelManifest["architecture"]>]>([
    ["MiniLM-L-2-H384", { numLayers: 2 }],
    ["MiniLM-L-12-H384", { numLayers: 12 }],
    ["TinyBERT-L-2-H128", { hiddenSize: 128, numLayers: 2, numHeads: 2, intermediateSize: 512 }],
    ["BERT-large", { hiddenSize: 1024, numLayers: 24, numHeads: 16, intermediateSize: 4096 }],
  ])("may have the sizes of %s", (_, sizes) => {
    const architecture = { ...manifest().architecture, ...sizes };
    expect(parseManifest({ ...manifest(), architecture }).architecture).toEqual(architecture);
  });

  test.each<[path: string, value: unknown, saying?: string]>([
    ["format", "gguf", '"gguf"'],
    ["name", undefined, "is missing"],
    ["name", "", "1 to 200"],
    ["name", 7],
    ["description", 7],
    ["architecture", undefined, "is missing"],
    ["architecture", [], "JSON object"],
    ["architecture.hiddenSize", undefined, "is missing"],
    ["architecture.hiddenSize", 0],
    ["architecture.hiddenSize", -16],
    ["architecture.hiddenSize", 100, "a multiple of 16 from 16 to 1024, not 100"],
    ["architecture.hiddenSize", 1040],
    ["architecture.hiddenSize", 384.5],
    ["architecture.hiddenSize", "384", 'not "384"'],
    ["architecture.numLayers", 0],
    ["architecture.numLayers", 49],
    ["architecture.numHeads", 5, "hiddenSize 384"],
    ["architecture.numHeads", 96, "multiple of 8"],
    ["architecture.intermediateSize", 1500],
    ["architecture.intermediateSize", 8192],
    ["architecture.vocabSize", 0],
    ["architecture.vocabSize", 1_000_001],
    ["architecture.maxSeqLength", 2],
    ["architecture.maxSeqLength", 513, "from 3 to 512, not 513"],
    ["architecture.typeVocabSize", 1],
    ["architecture.layerNormEps", 0],
    ["architecture.layerNormEps", 0.1],
    ["architecture.layerNormEps", NaN],
    ["architecture.layerNormEps", "1e-12"],
    ["head", null, "JSON object"],
    ["head.labels", []],
    ["head.labels", "LABEL_0"],
    ["head.labels", Array.from({ length: 1001 }, (_, i) => `L${i}`), "1 to 1000"],
    ["head.labels", ["a", "b", "a"], 'distinct, not "a"'],
    ["head.labels", ["a", ""], "head.labels[1]"],
    ["weights.file", "../weights.safetensors", "plain name"],
    ["weights.file", "/etc/passwd"],
    ["weights.file", ".hidden"],
    ["weights.bytes", 0],
    ["weights.bytes", 2 ** 31],
    ["weights.sha256", HASH.toUpperCase()],
    ["tokenizer.sha256", "abc", "64 lower-case hexadecimal digits"],
    ["tokenizer", undefined, "is missing"],
    ["source", "hub"],
    ["source.repository", 7],
  ])("with the %s %j is refused, naming field and value", (path, value, saying) => {
    const error = refusal(() => parseManifest(changed(path, value)));
    expect(error.code).toBe("manifest_invalid" satisfies ModelErrorCode);
    expect(error.message).toContain(`model.json: ${path}`);
    expect(error.message).toContain(saying ?? path);
    expect(error.message).toContain("npm run tools -- pack");
    expect(error.message.length).toBeLessThan(400);
  });

  test.each([null, undefined, [], "model", 1])("that is %j is refused", (value) => {
    const error = refusal(() => parseManifest(value));
    expect(error.code).toBe("manifest_invalid");
    expect(error.problem).toMatch(/^model\.json /);
  });

  test.each<[string, unknown, string]>([
    ["version", 2, "model.json has version 2; this engine reads version 1"],
    ["version", "1", 'version "1"'],
    ["head.kind", "question-answering", 'head.kind is "question-answering"; this engine runs "seq'],
    ["head.kind", undefined, "head.kind is undefined"],
  ])("with the %s %j is well-formed, perhaps, but not for this engine", (path, value, saying) => {
    const error = refusal(() => parseManifest(changed(path, value)));
    expect(error.code).toBe("unsupported_model" satisfies ModelErrorCode);
    expect(error.message).toContain(saying);
  });
});

describe("the tensors that a manifest asks for", () => {
  const bytes = (tensor: { dtype: string; shape: number[] }): number =>
    tensor.shape.reduce((a, b) => a * b, tensor.dtype === "I8" ? 1 : 4);

  test("are those of a BertForSequenceClassification, int8 matrices with a scale a row", () => {
    const tensors = packedTensors(manifest());
    const named = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    expect(named.size).toBe(tensors.length);
    expect(tensors.length).toBe(3 * 2 + 2 + 6 * (6 * 3 + 2 * 2) + 3 + 2);
    expect(named.get("bert.embeddings.word_embeddings.weight")).toMatchObject({
      dtype: "I8",
      shape: [30522, 384],
    });
    expect(named.get("bert.encoder.layer.5.intermediate.dense.weight_scale")).toMatchObject({
      dtype: "F32",
      shape: [1536],
    });
    expect(named.get("bert.encoder.layer.0.output.dense.weight")).toMatchObject({
      dtype: "I8",
      shape: [384, 1536],
    });
    expect(named.get("classifier.weight")).toMatchObject({ dtype: "F32", shape: [1, 384] });
    const int8 = tensors.filter(({ dtype }) => dtype === "I8").map(({ name }) => `${name}_scale`);
    const scales = tensors.map(({ name }) => name).filter((name) => name.endsWith("_scale"));
    expect(scales.toSorted()).toEqual(int8.toSorted());
  });

  test("of a token classifier are the same without a pooler", () => {
    const head = manifest().head;
    const namesOf = (kind: typeof head.kind): string[] =>
      packedTensors({ ...manifest(), head: { ...head, kind } }).map(({ name }) => name);
    const all = namesOf("sequence-classification");
    expect(namesOf("multi-label-classification")).toEqual(all);
    expect(namesOf("token-classification")).toEqual(all.filter((name) => !name.includes("pooler")));
  });

  test("come in an order that leaves every one at a multiple of 16 bytes whose predecessors allow it", () => {
    let offset = 0;
    const misaligned: string[] = [];
    for (const tensor of packedTensors(manifest())) {
      if (offset % 16 !== 0) misaligned.push(tensor.name);
      offset += bytes(tensor);
    }
    expect(misaligned).toEqual(["bert.embeddings.token_type_embeddings.weight_scale"]);
  });

  const held = (): Map<string, Tensor> =>
    new Map(
      packedTensors(manifest()).map(({ name, ...rest }) => [
        name,
        { ...rest, data: new Uint8Array() },
      ]),
    );
  const QUERY = "bert.encoder.layer.0.attention.self.query.weight";

  test("may stand in the file in any order", () => {
    expect(() => checkPackedTensors(manifest(), new Map([...held()].reverse()))).not.toThrow();
  });

  test.each<[string, (tensors: Map<string, Tensor>) => void, string]>([
    ["one is missing", (tensors) => tensors.delete(QUERY), `"${QUERY}" is missing`],
    [
      "one is left over",
      (tensors) => tensors.set("lora.weight", held().get(QUERY)!),
      '"lora.weight" does not belong there',
    ],
    [
      "one is of another dtype",
      (tensors) => (tensors.get(QUERY)!.dtype = "F32"),
      `"${QUERY}" is F32 [384, 384], not I8 [384, 384]`,
    ],
    [
      "one is of another shape",
      (tensors) => (tensors.get(QUERY)!.shape = [384, 192]),
      `"${QUERY}" is I8 [384, 192], not I8 [384, 384]`,
    ],
    [
      "most are missing",
      (tensors) => [...tensors.keys()].slice(7).forEach((name) => tensors.delete(name)),
      "; and 133 more. ",
    ],
  ])("when %s, the weights are refused by its name", (_, damage, saying) => {
    const tensors = held();
    damage(tensors);
    const error = refusal(() => checkPackedTensors(manifest(), tensors));
    expect(error.code).toBe("weights_mismatch" satisfies ModelErrorCode);
    expect(error.message).toContain("weights.safetensors does not fit model.json");
    expect(error.message).toContain(saying);
    expect(error.message.length).toBeLessThan(800);
  });
});
