import { parseManifest, type Architecture, type Head } from "../../engine/manifest.ts";
import { parseSafetensors } from "../../engine/safetensors.ts";

/** A packed model's weights as floats. */
export interface ReferenceModel {
  architecture: Architecture;
  head: Head;
  /** A tensor of the state dict, row-major; int8 weights come as `q · scale` rounded to float32, as in an unpacked checkpoint. */
  tensor(name: string): Float32Array;
}

/** Opens a packed model for the oracle; tensors are dequantized when first asked for. */
export function referenceModel(manifest: unknown, weights: Uint8Array): ReferenceModel {
  const { tensors } = parseSafetensors(weights);
  const known = new Map<string, Float32Array>();

  const read = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`the model has no tensor ${name}`);
    // A copy, since a view of floats must start at a multiple of 4 in its buffer.
    const data = tensor.data.slice();
    if (tensor.dtype === "F32") return new Float32Array(data.buffer);
    const scales = read(`${name}_scale`);
    const columns = data.length / scales.length;
    const quantized = new Int8Array(data.buffer);
    const floats = new Float32Array(quantized.length);
    for (let i = 0; i < floats.length; i++)
      floats[i] = quantized[i]! * scales[Math.floor(i / columns)]!;
    return floats;
  };

  const { architecture, head } = parseManifest(manifest);
  return {
    architecture,
    head,
    tensor(name) {
      let tensor = known.get(name);
      if (tensor === undefined) known.set(name, (tensor = read(name)));
      return tensor;
    },
  };
}
