import type { Tensor } from "../engine/safetensors.ts";

/** Where tensors whose sizes allow it start, in bytes. */
const ALIGNMENT = 16;

/**
 * A safetensors file with the tensors in the given order. The header is padded with spaces so that the data starts at a multiple of 16 bytes.
 * @see https://github.com/huggingface/safetensors#format
 */
export function formatSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let dataBytes = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [dataBytes, dataBytes + data.length] };
    dataBytes += data.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const dataStart = Math.ceil((8 + json.length) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(dataStart + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(dataStart - 8), true);
  file.set(json, 8);
  file.fill(0x20, 8 + json.length, dataStart);
  let offset = dataStart;
  for (const { data } of tensors.values()) {
    file.set(data, offset);
    offset += data.length;
  }
  return file;
}

/** The bytes of a typed array, shared with it. */
export function bytesOf(array: Int8Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
