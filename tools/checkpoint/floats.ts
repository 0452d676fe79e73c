/** Reads the float dtypes of checkpoints as float32; each of them converts without loss. */
import type { Tensor } from "../../engine/safetensors.ts";

/** Whether {@link toFloat32} reads this dtype. */
export function isReadableFloat(dtype: string): boolean {
  return dtype === "F32" || dtype === "F16" || dtype === "BF16";
}

/**
 * A tensor's elements as float32, row-major, in a new array.
 * @param tensor with a dtype that {@link isReadableFloat} accepts
 */
export function toFloat32({ dtype, data }: Tensor): Float32Array<ArrayBuffer> {
  const aligned = new Uint8Array(data).buffer;
  if (dtype === "F32") return new Float32Array(aligned);
  const halves = new Uint16Array(aligned);
  if (dtype === "BF16")
    return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
  return Float32Array.from(halves, decodeHalf);
}

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits. */
function decodeHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
