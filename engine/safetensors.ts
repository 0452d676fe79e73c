/** Reads the safetensors container: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes without gaps. */
import { ModelError } from "./model-error.ts";

/** Bytes of one element, for every dtype of the format that fills whole bytes. */
const BYTES_PER_ELEMENT = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E8M0: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

export type SafetensorsDtype = keyof typeof BYTES_PER_ELEMENT;

/** The largest header the reference implementation reads, in bytes. */
const MAX_HEADER_BYTES = 100_000_000;

export interface Tensor {
  dtype: SafetensorsDtype;
  /** Row-major; empty for a scalar. */
  shape: number[];
  /** A plain view of the file's own bytes, little-endian, not a copy. It starts wherever the file put it: not aligned in general. */
  data: Uint8Array;
}

export interface Safetensors {
  /** The header's `__metadata__`, empty if there is none. */
  metadata: Record<string, string>;
  /** In the order of their bytes in the file. */
  tensors: Map<string, Tensor>;
}

/**
 * The tensors of a safetensors file, as views of `bytes`.
 * @param file the name that error texts use
 * @throws ModelError `weights_corrupt` if the file is cut, damaged or no safetensors file
 * @see https://github.com/huggingface/safetensors#format
 */
export function parseSafetensors(bytes: Uint8Array, file = "weights.safetensors"): Safetensors {
  const corrupt = (problem: string): ModelError =>
    new ModelError("weights_corrupt", `${file} ${problem}`);
  if (bytes.length < 8)
    throw corrupt(
      `is cut or empty: ${bytes.length} bytes, where the header's length alone takes 8`,
    );
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (headerBytes > BigInt(MAX_HEADER_BYTES) || headerBytes < 2n) {
    const hint = new TextDecoder().decode(bytes.subarray(0, 8)).startsWith("version ")
      ? " (it is a Git LFS pointer: the weights were not downloaded)"
      : "";
    throw corrupt(
      `is not a safetensors file: a header of ${headerBytes} bytes is impossible${hint}`,
    );
  }
  const dataStart = 8 + Number(headerBytes);
  if (dataStart > bytes.length)
    throw corrupt(
      `is cut or not a safetensors file: its header should take ${headerBytes} bytes, the file has ${bytes.length}`,
    );
  const header = parseHeader(bytes.subarray(8, dataStart), corrupt);
  // Not bytes.subarray: that of a Node Buffer gives Buffers, whose slice() does not copy.
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + dataStart, bytes.length - dataStart);

  const metadata = parseMetadata(header["__metadata__"], corrupt);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => parseEntry(name, entry, corrupt))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);

  const tensors = new Map<string, Tensor>();
  let expected = 0;
  for (const { name, dtype, shape, begin, end } of entries) {
    if (begin !== expected)
      throw corrupt(
        `is damaged: tensor "${name}" starts at byte ${begin} of the data, not at ${expected} (the tensors ${begin < expected ? "overlap" : "leave a gap"})`,
      );
    if (end > data.length)
      throw corrupt(
        `is cut: tensor "${name}" ends at byte ${end} of the data, which has only ${data.length}`,
      );
    tensors.set(name, { dtype, shape, data: data.subarray(begin, end) });
    expected = end;
  }
  if (expected !== data.length)
    throw corrupt(`is damaged: ${data.length - expected} bytes follow the last tensor`);
  return { metadata, tensors };
}

type Corrupt = (problem: string) => ModelError;

function parseHeader(bytes: Uint8Array, corrupt: Corrupt): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw corrupt("is damaged or not a safetensors file: its header is not JSON");
  }
  if (!isObject(header)) throw corrupt("is damaged: its header is not a JSON object");
  return header;
}

function parseMetadata(value: unknown, corrupt: Corrupt): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value) || Object.values(value).some((entry) => typeof entry !== "string")) {
    throw corrupt("is damaged: __metadata__ in its header is not an object of strings");
  }
  return value as Record<string, string>;
}

function parseEntry(
  name: string,
  entry: unknown,
  corrupt: Corrupt,
): { name: string; dtype: SafetensorsDtype; shape: number[]; begin: number; end: number } {
  if (!isObject(entry))
    throw corrupt(`is damaged: tensor "${name}" has no description in the header`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(BYTES_PER_ELEMENT, dtype))
    throw corrupt(
      `is damaged or newer than this reader: tensor "${name}" has the unknown dtype ${JSON.stringify(dtype)}`,
    );
  if (!isSizes(shape))
    throw corrupt(`is damaged: the shape of tensor "${name}" is not a list of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!)
    throw corrupt(`is damaged: the data_offsets of tensor "${name}" are not a range`);
  const [begin, end] = offsets as [number, number];
  const expectedBytes = shape.reduce(
    (product, size) => product * size,
    BYTES_PER_ELEMENT[dtype as SafetensorsDtype],
  );
  if (end - begin !== expectedBytes)
    throw corrupt(
      `is damaged: tensor "${name}", ${dtype} [${shape.join(", ")}], takes ${expectedBytes} bytes, but its range has ${end - begin}`,
    );
  return { name, dtype: dtype as SafetensorsDtype, shape, begin, end };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
