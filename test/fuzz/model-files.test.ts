/**
 * A small packed model whose files were damaged bit by bit: it is refused with a ModelError, or is the same model.
 *
 * SHA-256 in model.json vouches for the weights and the tokenizer, and its digest for model.json itself. Who hands the engine a manifest
 * that is parsed already vouches for it: what a flip can change there without being told is listed below.
 */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  loadCrossEncoder,
  ModelError,
  type CrossEncoder,
  type FileStream,
  type PackedModel,
} from "../../engine/index.ts";
import { verifiedManifest } from "../../engine/manifest-digest.ts";
import type { ModelManifest } from "../../engine/manifest.ts";
import { packedTensors } from "../../engine/packed-tensors.ts";
import { engineModule } from "../fixtures/engine.ts";
import { syntheticModel } from "../fixtures/synthetic-model.ts";
import { CASES, TIMEOUT_MS } from "./cases.ts";

/** hiddenSize can be split into 2, 3 and 6 heads: one bit makes any of them of another. */
const MODEL = syntheticModel({
  name: "damaged",
  hiddenSize: 48,
  numLayers: 1,
  numHeads: 2,
  intermediateSize: 32,
  vocabSize: 80,
  maxSeqLength: 16,
  labels: 2,
  seed: 5,
});
const MANIFEST = JSON.stringify(MODEL.manifest);
const PAIRS = [
  ["a b", "c d e"],
  ["", "w1 x"],
] as const;

const whole = await loadCrossEncoder(engineModule, MODEL);
const LOGITS = whole.score(PAIRS);
const HEADER_BYTES = Number(new DataView(MODEL.weights.buffer).getBigUint64(0, true));
const DATA_START = 8 + HEADER_BYTES;

type Bytes = Uint8Array<ArrayBuffer>;
type Damaged = PackedModel<Bytes | FileStream>;

function flipped(bytes: Uint8Array, bit: number): Bytes {
  const copy = new Uint8Array(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

/** The error that a model is refused with, or the model. What else is thrown fails the test. */
async function load(model: Damaged): Promise<ModelError | CrossEncoder> {
  try {
    return await loadCrossEncoder(engineModule, model);
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
}

const sha256 = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");

/** The model with a manifest that vouches for its files. */
function resealed({ manifest, weights, tokenizer }: PackedModel): PackedModel {
  const records = manifest as { weights: object; tokenizer: object };
  return {
    manifest: {
      ...records,
      weights: { ...records.weights, bytes: weights.length, sha256: sha256(weights) },
      tokenizer: {
        ...records.tokenizer,
        bytes: Buffer.byteLength(tokenizer),
        sha256: sha256(tokenizer),
      },
    },
    weights,
    tokenizer,
  };
}

function inPieces(bytes: Bytes, pieceBytes: number): FileStream {
  return {
    chunks: (async function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes)
        yield bytes.subarray(at, at + pieceBytes);
    })(),
    sha256: () => crypto.subtle.digest("SHA-256", bytes),
  };
}

/** Checks a model for each of some bits of a file, drawn by chance. */
async function forBits(
  [first, end]: readonly [number, number],
  seed: number,
  check: (bit: number) => Promise<void>,
): Promise<void> {
  const bit = fc.integer({ min: 8 * first, max: 8 * end - 1 });
  // Each takes milliseconds.
  const numRuns = Math.min(CASES / 4, 4_000);
  await fc.assert(fc.asyncProperty(bit, check), { seed, numRuns });
}

const REGIONS: [string, [number, number], number][] = [
  ["the length of the header", [0, 8], 21],
  ["the header", [8, DATA_START], 22],
  ["the data", [DATA_START, MODEL.weights.length], 23],
];

describe("one bit of the weights", () => {
  test.each(REGIONS)(
    "in %s: refused",
    async (_, range, seed) => {
      await forBits(range, seed, async (bit) => {
        const weights = flipped(MODEL.weights, bit);
        for (const file of [weights, inPieces(weights, 1_001)]) {
          const refusal = await load({ ...MODEL, weights: file });
          expect(refusal).toMatchObject({ name: "ModelError", code: "weights_mismatch" });
        }
      });
    },
    TIMEOUT_MS,
  );

  test.each(REGIONS)(
    "in %s, of a manifest that vouches for it: refused, or a model that computes",
    async (_, range, seed) => {
      await forBits(range, seed, async (bit) => {
        const loaded = await load(resealed({ ...MODEL, weights: flipped(MODEL.weights, bit) }));
        if (loaded instanceof ModelError) return;
        expect(loaded.score(PAIRS)).toHaveLength(LOGITS.length);
      });
    },
    TIMEOUT_MS,
  );
});

describe("one bit of the tokenizer", () => {
  const bytes = new TextEncoder().encode(MODEL.tokenizer);
  const damaged = (bit: number) => new TextDecoder().decode(flipped(bytes, bit));

  test(
    "is refused",
    async () => {
      await forBits([0, bytes.length], 24, async (bit) => {
        const refusal = await load({ ...MODEL, tokenizer: damaged(bit) });
        expect(refusal).toMatchObject({ name: "ModelError", code: "tokenizer_corrupt" });
      });
    },
    TIMEOUT_MS,
  );

  test(
    "of a manifest that vouches for it: refused, or a model that computes",
    async () => {
      await forBits([0, bytes.length], 25, async (bit) => {
        const loaded = await load(resealed({ ...MODEL, tokenizer: damaged(bit) }));
        if (loaded instanceof ModelError) return;
        expect(loaded.score(PAIRS)).toHaveLength(LOGITS.length);
      });
    },
    TIMEOUT_MS,
  );
});

describe("model.json", () => {
  /** Sizes that fit the same weights with another value. */
  const UNTOLD = ["numHeads", "layerNormEps"];

  test(
    "with any one bit of its file changed is refused, or says the same",
    async () => {
      const bytes = new TextEncoder().encode(MANIFEST);
      let same = 0;
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const manifest = parsedOrUndefined(new TextDecoder().decode(flipped(bytes, bit)));
        const read = await verifiedManifest(manifest).catch((error: unknown) => error);
        if (read instanceof ModelError) continue;
        same++;
        expect(read).toEqual(whole.manifest);
      }
      // No bit of it is idle but in how a number is written: 1e-12 is 1E-12.
      expect(same).toBeLessThan(5);
    },
    TIMEOUT_MS,
  );

  test(
    "handed over parsed, with any one bit of it changed, is refused, or gives the same logits but for two of its sizes",
    async () => {
      const bytes = new TextEncoder().encode(MANIFEST);
      const changed = new Set<string>();
      let same = 0;
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const manifest = parsedOrUndefined(new TextDecoder().decode(flipped(bytes, bit)));
        const loaded = await load({ ...MODEL, manifest });
        if (loaded instanceof ModelError) continue;
        const { architecture } = loaded.manifest;
        const untold = UNTOLD.filter(
          (size) =>
            architecture[size as "numHeads"] !== whole.manifest.architecture[size as "numHeads"],
        );
        if (untold.length > 0) {
          untold.forEach((size) => changed.add(size));
        } else {
          same++;
          expect(loaded.score(PAIRS)).toEqual(LOGITS);
        }
      }
      // Names and labels may be any, and are not vouched for either.
      expect(same).toBeGreaterThan(50);
      expect([...changed].sort()).toEqual([...UNTOLD].sort());
    },
    TIMEOUT_MS,
  );

  const sizes = [-1, 0, 1, 1.5, 16, 512, 1_024, 4_096, 1_000_000, 2 ** 31, 2 ** 53, 1e308, NaN];

  test(
    "of any sizes is refused before it takes more memory than a model may have",
    async () => {
      const size = fc.constantFrom<unknown>(...sizes, "48", null, [], {}, true);
      const keys = Object.keys(whole.manifest.architecture);
      const fields = fc.dictionary(fc.constantFrom(...keys), size, { minKeys: 1, maxKeys: 4 });
      const records = fc.record({
        bytes: fc.constantFrom<unknown>(...sizes, MODEL.weights.length),
      });
      await fc.assert(
        fc.asyncProperty(fields, records, async (architecture, weights) => {
          const manifest = {
            ...whole.manifest,
            architecture: { ...whole.manifest.architecture, ...architecture },
            weights: { ...whole.manifest.weights, ...weights },
          };
          const loaded = await load({ ...MODEL, manifest });
          if (loaded instanceof ModelError) return;
          expect(loaded.memoryBytes).toBe(whole.memoryBytes);
        }),
        { seed: 26, numRuns: Math.min(CASES, 4_000) },
      );
    },
    TIMEOUT_MS,
  );

  test("of a model of a gigabyte is refused, and nothing of it is kept", async () => {
    const architecture = { ...whole.manifest.architecture, vocabSize: 900_000, hiddenSize: 1_008 };
    const { weights, manifest } = giant({ ...whole.manifest, architecture });
    const before = process.memoryUsage().rss;
    const refusal = await load({ ...MODEL, manifest, weights });
    expect(refusal).toMatchObject({ name: "ModelError", code: "unsupported_model" });
    expect((refusal as ModelError).message).toMatch(/need 9\d{8} bytes/);
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });
});

/** The sound file of a model however large: a header, and as many zeros as it asks for, of which there is one piece at a time. */
function giant(manifest: ModelManifest): { manifest: ModelManifest; weights: FileStream } {
  let end = 0;
  const entries = packedTensors(manifest).map(({ name, dtype, shape }) => {
    const begin = end;
    end += shape.reduce((product, size) => product * size, dtype === "I8" ? 1 : 4);
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  const zeros = new Uint8Array(1_000_000);
  const weights: FileStream = {
    chunks: (async function* () {
      yield length;
      yield header;
      for (let at = 0; at < end; at += zeros.length) yield zeros.subarray(0, end - at);
    })(),
    // What it vouches for, whatever that is.
    sha256: async () => new Uint8Array(32).buffer,
  };
  const record = {
    file: "weights.safetensors",
    bytes: 8 + header.length + end,
    sha256: "0".repeat(64),
  };
  return { manifest: { ...manifest, weights: record }, weights };
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
