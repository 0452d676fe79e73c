import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  loadCrossEncoder,
  ModelError,
  type FileStream,
  type PackedModel,
} from "../../engine/index.ts";
import type { ModelManifest } from "../../engine/manifest.ts";
import { parseSafetensors } from "../../engine/safetensors.ts";
import type { EngineExports } from "../../engine/wasm-exports.ts";
import { engineModule } from "../fixtures/engine.ts";
import { syntheticModel } from "../fixtures/synthetic-model.ts";

const SHAPE = {
  name: "load",
  hiddenSize: 32,
  numLayers: 1,
  numHeads: 2,
  intermediateSize: 64,
  vocabSize: 100,
  maxSeqLength: 40,
  labels: 2,
  seed: 3,
};

const model = (): PackedModel & { manifest: ModelManifest } =>
  syntheticModel(SHAPE) as PackedModel & { manifest: ModelManifest };

/** The model with other weights and a manifest that vouches for them. */
function resealed(weights: Uint8Array<ArrayBuffer>, source = model()): PackedModel {
  const sha256 = createHash("sha256").update(weights).digest("hex");
  const record = { ...source.manifest.weights, bytes: weights.length, sha256 };
  return { ...source, weights, manifest: { ...source.manifest, weights: record } };
}

function flip(weights: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  weights[index < 0 ? weights.length + index : index]! ^= 1;
  return weights;
}

/** The same weights in pieces that end in the middle of numbers, all of them in one buffer. */
function inPieces(weights: Uint8Array, pieceBytes = 1001): FileStream {
  const hash = createHash("sha256");
  return {
    chunks: (async function* () {
      const buffer = new Uint8Array(pieceBytes);
      for (let begin = 0; begin < weights.length; begin += pieceBytes) {
        const piece = weights.subarray(begin, begin + pieceBytes);
        buffer.set(piece);
        hash.update(piece);
        yield buffer.subarray(0, piece.length);
      }
    })(),
    sha256: async () => new Uint8Array(hash.digest()).buffer,
  };
}

async function refusal(
  broken: PackedModel<Uint8Array<ArrayBuffer> | FileStream>,
): Promise<ModelError> {
  const error: unknown = await loadCrossEncoder(engineModule, broken).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(ModelError);
  return error as ModelError;
}

describe("a packed model is refused, saying what is wrong and how to mend it,", () => {
  test("if one byte of its weights differs", async () => {
    const broken = model();
    flip(broken.weights, -5);
    const { code, message } = await refusal(broken);
    expect(code).toBe("weights_mismatch");
    expect(message).toMatch(
      /SHA-256 [0-9a-f]{64}, model\.json says [0-9a-f]{64}.*npm run tools -- pack/,
    );
  });

  test("if its weights are cut", async () => {
    const { weights, ...rest } = model();
    const { code, message } = await refusal({ ...rest, weights: weights.slice(0, 1000) });
    expect(code).toBe("weights_mismatch");
    expect(message).toContain(`has 1000 bytes, model.json says ${weights.length}`);
  });

  test("if its weights are another kind of file", async () => {
    const html = new TextEncoder().encode("<!doctype html>".repeat(100)) as Uint8Array<ArrayBuffer>;
    expect((await refusal(resealed(html))).code).toBe("weights_corrupt");
  });

  test("if its weights are another model's", async () => {
    const other = syntheticModel({ ...SHAPE, numLayers: 2 });
    const { code, message } = await refusal(resealed(other.weights));
    expect(code).toBe("weights_mismatch");
    expect(message).toContain("bert.encoder.layer.1");
  });

  test("if a weight is NaN or infinite", async () => {
    for (const bad of [NaN, Infinity]) {
      const broken = model();
      const bias = parseSafetensors(broken.weights).tensors.get("bert.pooler.dense.bias")!.data;
      new DataView(bias.buffer, bias.byteOffset).setFloat32(8, bad, true);
      const { code, message } = await refusal(resealed(broken.weights));
      expect(code).toBe("weights_corrupt");
      expect(message).toContain("bert.pooler.dense.bias");
    }
  });

  test("if its tokenizer is not the one the manifest names", async () => {
    const { code } = await refusal({ ...model(), tokenizer: "{}" });
    expect(code).toBe("tokenizer_corrupt");
  });

  test("if its workspace needs more memory than the engine may have", async () => {
    const options = { maxBatchTokens: 1_000_000 };
    const error: unknown = await loadCrossEncoder(engineModule, model(), options).catch((e) => e);
    expect(error).toMatchObject({ code: "unsupported_model" });
    expect((error as ModelError).message).toMatch(/need \d+ bytes.*smaller maxBatchTokens/);
  });

  test("if the batch budget holds no whole sequence", async () => {
    const options = { maxBatchTokens: SHAPE.maxSeqLength - 1 };
    await expect(loadCrossEncoder(engineModule, model(), options)).rejects.toThrow(
      "maxBatchTokens is 39, it must be a whole number of at least 40",
    );
  });
});

test("the engine's memory grows to 96 MiB and no further", () => {
  const { memory } = new WebAssembly.Instance(engineModule).exports as unknown as EngineExports;
  const pages = (bytes: number): number => bytes / 65_536;
  memory.grow(pages(96 * 1024 * 1024 - memory.buffer.byteLength));
  expect(memory.buffer.byteLength).toBe(96 * 1024 * 1024);
  expect(() => memory.grow(1)).toThrow(RangeError);
});

describe("weights that arrive in pieces", () => {
  test.each([1, 7, 1001, 1_000_000])("of %i bytes give the same logits", async (pieceBytes) => {
    const { weights, ...rest } = model();
    const pairs = [["a", "b"]] as const;
    const whole = await loadCrossEncoder(engineModule, { weights, ...rest });
    const pieces = { ...rest, weights: inPieces(weights, pieceBytes) };
    const streamed = await loadCrossEncoder(engineModule, pieces);
    expect(streamed.score(pairs)).toEqual(whole.score(pairs));
  });

  test.each([
    ["cut", (weights: Uint8Array<ArrayBuffer>) => weights.slice(0, 3000), "has 3000 bytes"],
    [
      "cut in their header",
      (weights: Uint8Array<ArrayBuffer>) => weights.slice(0, 5),
      "has 5 bytes",
    ],
    [
      "too long",
      (weights: Uint8Array<ArrayBuffer>) => new Uint8Array([...weights, 0]),
      "bytes, model.json",
    ],
    ["changed in a weight", (weights: Uint8Array<ArrayBuffer>) => flip(weights, -5), "SHA-256"],
    ["changed in their header", (weights: Uint8Array<ArrayBuffer>) => flip(weights, 20), "SHA-256"],
    ["changed in its length", (weights: Uint8Array<ArrayBuffer>) => flip(weights, 6), "SHA-256"],
  ])("are refused if they are %s", async (_, damage, message) => {
    const { weights, ...rest } = model();
    const error = await refusal({ ...rest, weights: inPieces(damage(weights)) });
    expect(error.code).toBe("weights_mismatch");
    expect(error.message).toContain(message);
  });

  test("are not blamed for a connection that breaks", async () => {
    const { weights, ...rest } = model();
    const broken: FileStream = {
      chunks: (async function* () {
        yield weights.subarray(0, 2000);
        throw new Error("connection lost");
      })(),
      sha256: () => Promise.reject(new Error("not asked for")),
    };
    await expect(loadCrossEncoder(engineModule, { ...rest, weights: broken })).rejects.toThrow(
      "connection lost",
    );
  });
});

describe("a batch is refused", async () => {
  const crossEncoder = await loadCrossEncoder(engineModule, model(), { maxBatchTokens: 50 });
  const pair = (inputIds: number[], tokenTypeIds = inputIds.map(() => 0)) => ({
    inputIds: Int32Array.from(inputIds),
    tokenTypeIds: Uint8Array.from(tokenTypeIds),
    queryTokensCut: 0,
    documentTokensCut: 0,
  });
  const sequence = (length: number) => pair(Array.from({ length }, () => 1));

  test.each([
    [
      "if a sequence is too short",
      [sequence(5), sequence(1)],
      "sequence 1 has 1 tokens, not 2 to 40",
    ],
    ["if a sequence is too long", [sequence(41)], "sequence 0 has 41 tokens, not 2 to 40"],
    ["if it is over the budget", [sequence(30), sequence(21)], "51 tokens, more than 50"],
    ["if a token is unknown", [pair([1, 100])], "token id 100 of sequence 0 is not in [0, 100)"],
    ["if a token is negative", [pair([-1, 1])], "token id -1"],
    ["if a token type is unknown", [pair([1, 1], [0, 2])], "token type 2"],
    ["if ids and types differ in length", [pair([1, 1], [0])], "2 token ids and 1 token types"],
  ])("%s", (_, batch, message) => {
    expect(() => crossEncoder.logits(batch)).toThrow(RangeError);
    expect(() => crossEncoder.logits(batch)).toThrow(message);
  });

  test("and the next good one is computed; an empty one has no logits", () => {
    expect(crossEncoder.logits([])).toHaveLength(0);
    expect([...crossEncoder.logits([sequence(40), sequence(10)])].every(Number.isFinite)).toBe(
      true,
    );
  });
});
