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

/**
 * Bytes of the longest header that is read; it is held as text and as objects before anything else is known of a file. The format allows a
 * hundred times as many, but one of the engine's largest model has a sixth, one of any BERT checkpoint less.
 */
export const MAX_HEADER_BYTES = 1024 * 1024;

/** A tensor as the header describes it. */
export interface TensorEntry {
  dtype: SafetensorsDtype;
  /** Row-major; empty for a scalar. */
  shape: number[];
  /** Its first byte in the data after the header, and the one after its last. */
  begin: number;
  end: number;
}

export interface Tensor {
  dtype: SafetensorsDtype;
  /** Row-major; empty for a scalar. */
  shape: number[];
  /** A plain view of the file's own bytes, little-endian, not a copy. It starts wherever the file put it: not aligned in general. */
  data: Uint8Array;
}

export interface Safetensors<T> {
  /** The header's `__metadata__`, empty if there is none. */
  metadata: Record<string, string>;
  /** In the order of their bytes in the file, which they fill without gaps. */
  tensors: Map<string, T>;
}

/** Bytes of the number that the file starts with. */
export const LENGTH_BYTES = 8;

/**
 * The tensors of a safetensors file, as views of `bytes`.
 * @param file the name that error texts use
 * @throws ModelError `weights_corrupt` if the file is cut, damaged or no safetensors file
 * @see https://github.com/huggingface/safetensors#format
 */
export function parseSafetensors(
  bytes: Uint8Array,
  file = "weights.safetensors",
): Safetensors<Tensor> {
  const dataStart = LENGTH_BYTES + readHeaderLength(bytes, bytes.length, file);
  const { metadata, tensors } = parseHeader(
    bytes.subarray(LENGTH_BYTES, dataStart),
    bytes.length,
    file,
  );
  // Not bytes.subarray: that of a Node Buffer gives Buffers, whose slice() does not copy.
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + dataStart, bytes.length - dataStart);
  const views = Array.from(tensors, ([name, { dtype, shape, begin, end }]) => {
    return [name, { dtype, shape, data: data.subarray(begin, end) }] as const;
  });
  return { metadata, tensors: new Map(views) };
}

/**
 * Bytes of the header, which follows the number that says so.
 * @param start at least the first 8 bytes of the file, or all of a shorter one
 * @param fileBytes size of the file
 * @throws ModelError `weights_corrupt` if no file of that size can start so
 */
export function readHeaderLength(start: Uint8Array, fileBytes: number, file: string): number {
  const corrupt = corruption(file);
  if (fileBytes < LENGTH_BYTES)
    throw corrupt(
      `is cut or empty: ${fileBytes} bytes, where the header's length alone takes ${LENGTH_BYTES}`,
    );
  const headerBytes = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (headerBytes > BigInt(MAX_HEADER_BYTES) || headerBytes < 2n) {
    const hint = new TextDecoder().decode(start.subarray(0, LENGTH_BYTES)).startsWith("version ")
      ? " (it is a Git LFS pointer: the weights were not downloaded)"
      : "";
    throw corrupt(
      `is not a safetensors file: a header of ${headerBytes} bytes is impossible${hint}`,
    );
  }
  if (LENGTH_BYTES + Number(headerBytes) > fileBytes)
    throw corrupt(
      `is cut or not a safetensors file: its header should take ${headerBytes} bytes, the file has ${fileBytes}`,
    );
  return Number(headerBytes);
}

/**
 * What a header says about a file of `fileBytes` bytes.
 * @param bytes all of the header, without the number before it
 * @throws ModelError `weights_corrupt` if the header is damaged, or its tensors do not fill the file exactly
 */
export function parseHeader(
  bytes: Uint8Array,
  fileBytes: number,
  file: string,
): Safetensors<TensorEntry> {
  const corrupt = corruption(file);
  const header = parseJson(bytes, corrupt);
  const dataBytes = fileBytes - LENGTH_BYTES - bytes.length;
  const metadata = parseMetadata(header["__metadata__"], corrupt);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => [name, parseEntry(name, entry, corrupt)] as const)
    .sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);

  let expected = 0;
  for (const [name, { begin, end }] of entries) {
    if (begin !== expected)
      throw corrupt(
        `is damaged: tensor "${name}" starts at byte ${begin} of the data, not at ${expected} (the tensors ${begin < expected ? "overlap" : "leave a gap"})`,
      );
    if (end > dataBytes)
      throw corrupt(
        `is cut: tensor "${name}" ends at byte ${end} of the data, which has only ${dataBytes}`,
      );
    expected = end;
  }
  if (expected !== dataBytes)
    throw corrupt(`is damaged: ${dataBytes - expected} bytes follow the last tensor`);
  return { metadata, tensors: new Map(entries) };
}

type Corrupt = (problem: string) => ModelError;

function corruption(file: string): Corrupt {
  return (problem) => new ModelError("weights_corrupt", `${file} ${problem}`);
}

function parseJson(bytes: Uint8Array, corrupt: Corrupt): Record<string, unknown> {
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

function parseEntry(name: string, entry: unknown, corrupt: Corrupt): TensorEntry {
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
  return { dtype: dtype as SafetensorsDtype, shape, begin, end };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
