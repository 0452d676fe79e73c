import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelError } from "../../engine/model-error.ts";
import { packedTensors } from "../../engine/packed-tensors.ts";
import { MAX_HEADER_BYTES, parseSafetensors } from "../../engine/safetensors.ts";

/** A file of a header, given as an object or as its very text, and data. */
function file(
  header: unknown,
  data: Uint8Array = new Uint8Array(),
  headerBytes?: bigint,
): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerBytes ?? BigInt(json.length));
  return new Uint8Array(Buffer.concat([length, json, data]));
}

const entry = (dtype: string, shape: unknown, begin: unknown, end: unknown) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
const HEADER = {
  b: entry("I8", [2, 3], 8, 14),
  __metadata__: { format: "pt" },
  a: entry("F32", [2], 0, 8),
};
const DATA = Uint8Array.from({ length: 14 }, (_, i) => i);

function refusal(bytes: Uint8Array): ModelError {
  try {
    parseSafetensors(bytes, "x.safetensors");
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error("the file was accepted");
}

describe("a sound file", () => {
  test("gives its tensors in the order of their bytes, and its metadata", () => {
    const { tensors, metadata } = parseSafetensors(file(HEADER, DATA));
    expect(metadata).toEqual({ format: "pt" });
    expect([...tensors]).toEqual([
      ["a", { dtype: "F32", shape: [2], data: DATA.slice(0, 8) }],
      ["b", { dtype: "I8", shape: [2, 3], data: DATA.slice(8) }],
    ]);
  });

  test("is read in place, as plain views even of a Buffer within a larger one", () => {
    const bytes = file(HEADER, DATA);
    const pool = Buffer.concat([Buffer.alloc(5), bytes, Buffer.alloc(5)]);
    const { data } = parseSafetensors(pool.subarray(5, 5 + bytes.length)).tensors.get("b")!;
    expect(Object.getPrototypeOf(data)).toBe(Uint8Array.prototype);
    expect(data.buffer).toBe(pool.buffer);
    expect([...data]).toEqual([8, 9, 10, 11, 12, 13]);
  });

  test("may have no metadata, scalars, tensors without elements, spaces after the header and names like __proto__", () => {
    const header =
      '{"__proto__":{"dtype":"BF16","shape":[],"data_offsets":[0,2]},"none":{"dtype":"F64","shape":[0,4],"data_offsets":[2,2]}}   ';
    const { tensors, metadata } = parseSafetensors(file(header, DATA.slice(0, 2)));
    expect(metadata).toEqual({});
    expect([...tensors.keys()]).toEqual(["__proto__", "none"]);
    expect(tensors.get("none")!.data.length).toBe(0);
  });

  test.each([MAX_HEADER_BYTES - 1, MAX_HEADER_BYTES])("may have a header of %i bytes", (bytes) => {
    expect(parseSafetensors(file(`{}${" ".repeat(bytes - 2)}`)).tensors.size).toBe(0);
  });

  test("of the deepest model that a manifest can describe has a header far below that", () => {
    const tensors = packedTensors({
      architecture: {
        hiddenSize: 1024,
        numLayers: 48,
        numHeads: 128,
        intermediateSize: 4096,
        vocabSize: 1_000_000,
        maxSeqLength: 512,
        typeVocabSize: 16,
        layerNormEps: 1e-12,
      },
      head: { kind: "sequence-classification", labels: ["LABEL_0"] },
    });
    const offset = 2 ** 31;
    const entries = tensors.map(({ name, dtype, shape }) => [
      name,
      { dtype, shape, data_offsets: [offset, offset] },
    ]);
    expect(JSON.stringify(Object.fromEntries(entries)).length).toBeLessThan(MAX_HEADER_BYTES / 5);
  });

  test("may have no tensors", () => {
    expect(parseSafetensors(file({})).tensors.size).toBe(0);
  });
});

describe("a file is refused, with its name, the reason and the command that mends it, when", () => {
  const change = (changes: Record<string, unknown>): Uint8Array =>
    file({ ...HEADER, ...changes }, DATA);

  test.each<[string, Uint8Array, string]>([
    ["it is empty", new Uint8Array(), "is cut or empty: 0 bytes"],
    ["it ends in the header's length", new Uint8Array(7), "is cut or empty: 7 bytes"],
    [
      "it is full of zeros",
      new Uint8Array(100),
      "is not a safetensors file: a header of 0 bytes is impossible",
    ],
    [
      "it is a Git LFS pointer",
      Buffer.from("version https://git-lfs.github.com/spec/v1"),
      "Git LFS pointer",
    ],
    ["it is a pickle", Buffer.from("PK\u0003\u0004" + "x".repeat(60)), "is not a safetensors file"],
    [
      "its header is a byte longer than it may be",
      file(`{}${" ".repeat(MAX_HEADER_BYTES - 1)}`),
      "a header of 1048577 bytes is impossible",
    ],
    [
      "its header's length needs 64 bits",
      file({}, DATA, 2n ** 63n),
      "a header of 9223372036854775808 bytes",
    ],
    ["it ends in the header", file(HEADER).subarray(0, 40), "its header should take"],
    ["its header is not JSON", file('{"a":', DATA), "its header is not JSON"],
    ["its header is not UTF-8", file("{}", DATA).fill(0xff, 8, 10), "its header is not JSON"],
    ["its header is a list", file([], DATA), "its header is not a JSON object"],
    ["its metadata are not strings", change({ __metadata__: { version: 1 } }), "__metadata__"],
    ["a tensor is described by a number", change({ a: 1 }), 'tensor "a" has no description'],
    [
      "a dtype is unknown",
      change({ a: entry("F4", [2], 0, 8) }),
      'tensor "a" has the unknown dtype "F4"',
    ],
    [
      "a dtype is a property of every object",
      change({ a: entry("toString", [2], 0, 8) }),
      "unknown dtype",
    ],
    ["a shape is missing", change({ a: entry("F32", undefined, 0, 8) }), 'the shape of tensor "a"'],
    ["a shape is negative", change({ a: entry("F32", [-2], 0, 8) }), 'the shape of tensor "a"'],
    ["a shape is not whole", change({ a: entry("F32", [2.5], 0, 8) }), 'the shape of tensor "a"'],
    [
      "a shape asks for other bytes",
      change({ a: entry("F32", [3], 0, 8) }),
      'tensor "a", F32 [3], takes 12 bytes, but its range has 8',
    ],
    ["a shape is huge", change({ a: entry("F32", [2 ** 40, 2 ** 40], 0, 8) }), 'tensor "a", F32'],
    [
      "a range is missing",
      change({ a: { dtype: "F32", shape: [2] } }),
      'the data_offsets of tensor "a"',
    ],
    [
      "a range has three ends",
      change({ a: { dtype: "F32", shape: [2], data_offsets: [0, 4, 8] } }),
      "data_offsets",
    ],
    ["a range runs backwards", change({ a: entry("F32", [2], 8, 0) }), "data_offsets"],
    ["a range starts before the data", change({ a: entry("F32", [2], -8, 0) }), "data_offsets"],
    ["two tensors overlap", change({ b: entry("I8", [10], 4, 14) }), "the tensors overlap"],
    [
      "two tensors share their bytes",
      change({ b: entry("F32", [2], 0, 8) }),
      "the tensors overlap",
    ],
    [
      "there is a gap between tensors",
      change({ b: entry("I8", [5], 9, 14) }),
      "the tensors leave a gap",
    ],
    [
      "there is a gap before the first",
      file({ a: entry("I8", [13], 1, 14) }, DATA),
      "the tensors leave a gap",
    ],
    [
      "bytes follow the last tensor",
      file(HEADER, new Uint8Array(20)),
      "6 bytes follow the last tensor",
    ],
    [
      "the last tensor is cut",
      file(HEADER, DATA.subarray(0, 13)),
      'is cut: tensor "b" ends at byte 14 of the data, which has only 13',
    ],
  ])("%s", (_, bytes, saying) => {
    const error = refusal(bytes);
    expect(error.code).toBe("weights_corrupt");
    expect(error.problem).toMatch(/^x\.safetensors /);
    expect(error.problem).toContain(saying);
    expect(error.message).toContain("npm run tools -- pack");
  });

  test("it is cut anywhere", () => {
    const whole = file(HEADER, DATA);
    for (let length = 0; length < whole.length; length++) {
      expect(refusal(whole.subarray(0, length)).code, `${length} bytes`).toBe("weights_corrupt");
    }
  });

  test("any of its header's bytes is damaged, or else it still describes exactly the file's bytes", () => {
    const whole = file(HEADER, DATA);
    const position = fc.integer({ min: 0, max: whole.length - DATA.length - 1 });
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const damaged = whole.slice();
        damaged[at]! ^= mask;
        try {
          const { tensors } = parseSafetensors(damaged);
          const total = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
          expect(total).toBe(DATA.length);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
        }
      }),
      { seed: 4, numRuns: 2000 },
    );
  });
});
