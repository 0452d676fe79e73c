import type { Arena } from "./arena.ts";
import type { ByteStream } from "./byte-stream.ts";
import type { ModelManifest } from "./manifest.ts";
import { ModelError } from "./model-error.ts";
import { hasPooler, packedTensors } from "./packed-tensors.ts";
import type { TensorEntry } from "./safetensors.ts";
import type { EngineExports } from "./wasm-exports.ts";

/** Where a tensor goes. `interleaved` ones are reordered for the products on the way. */
interface Placement {
  offset: number;
  interleaved: boolean;
}

/** Where the model's tensors go, and the records of `assembly/layout.ts` that point to them. */
export interface WeightPlan {
  /** By the tensors' names. */
  placements: Map<string, Placement>;
  /** Offset and 32-bit fields of `Model`; its `layerNormEps` is the only f32 among them. */
  model: { offset: number; fields: number[] };
  /** Offset and fields of all `Layer` records, one after the other. */
  layers: { offset: number; fields: number[] };
  /** Largest matrix that is reordered, in bytes: what a staging region must hold. */
  stagingBytes: number;
}

/** Index of `layerNormEps` among the fields of `Model`. */
const EPS_FIELD = 5;

/** What stands for its weights, scales and biases. */
const NO_POOLER = [0, 0, 0];

/** Places every tensor of the model. Pure: nothing is read or written yet. */
export function planWeights(arena: Arena, manifest: ModelManifest): WeightPlan {
  const { architecture, head } = manifest;
  const shapes = new Map(packedTensors(manifest).map((tensor) => [tensor.name, tensor]));
  const placements = new Map<string, Placement>();
  let stagingBytes = 0;

  const bytesOf = (name: string): number => {
    const { dtype, shape } = shapes.get(name)!;
    return shape.reduce((a, b) => a * b, dtype === "I8" ? 1 : 4);
  };
  /** One region for several tensors, one after the other. */
  const place = (names: string[], interleaved: boolean): number => {
    const region = arena.place(names.reduce((sum, name) => sum + bytesOf(name), 0));
    let offset = region;
    for (const tensor of names) {
      placements.set(tensor, { offset, interleaved });
      if (interleaved) stagingBytes = Math.max(stagingBytes, bytesOf(tensor));
      offset += bytesOf(tensor);
    }
    return region;
  };
  const plain = (...names: string[]): number => place(names, false);
  const linear = (...names: string[]): number[] => [
    place(
      names.map((name) => `${name}.weight`),
      true,
    ),
    plain(...names.map((name) => `${name}.weight_scale`)),
    plain(...names.map((name) => `${name}.bias`)),
  ];
  const norm = (name: string): number[] => [plain(`${name}.weight`), plain(`${name}.bias`)];
  const table = (name: string): number[] => [
    plain(`${name}.weight`),
    plain(`${name}.weight_scale`),
  ];
  const layer = (prefix: string): number[] => [
    ...linear(...["query", "key", "value"].map((name) => `${prefix}.attention.self.${name}`)),
    ...linear(`${prefix}.attention.output.dense`),
    ...norm(`${prefix}.attention.output.LayerNorm`),
    ...linear(`${prefix}.intermediate.dense`),
    ...linear(`${prefix}.output.dense`),
    ...norm(`${prefix}.output.LayerNorm`),
  ];

  const layerFields = Array.from({ length: architecture.numLayers }, (_, index) =>
    layer(`bert.encoder.layer.${index}`),
  ).flat();
  const layersOffset = arena.place(4 * layerFields.length);
  const modelFields = [
    architecture.hiddenSize,
    architecture.numLayers,
    architecture.numHeads,
    architecture.intermediateSize,
    head.labels.length,
    architecture.layerNormEps,
    ...table("bert.embeddings.word_embeddings"),
    ...table("bert.embeddings.position_embeddings"),
    ...table("bert.embeddings.token_type_embeddings"),
    ...norm("bert.embeddings.LayerNorm"),
    layersOffset,
    ...(hasPooler(head) ? linear("bert.pooler.dense") : NO_POOLER),
    plain("classifier.weight"),
    plain("classifier.bias"),
  ];
  return {
    placements,
    layers: { offset: layersOffset, fields: layerFields },
    model: { offset: arena.place(4 * modelFields.length), fields: modelFields },
    stagingBytes,
  };
}

/**
 * Reads the tensors to their places, reordering matrices through `staging` (at least `plan.stagingBytes`), and writes the records.
 *
 * @param tensors - Those of the plan, in the order of `data`, which starts with the first one. That `data` holds them all is for the
 *   caller to check.
 * @throws ModelError `weights_corrupt` naming a tensor that holds NaN or infinity
 */
export async function readWeights(
  exports: EngineExports,
  plan: WeightPlan,
  tensors: ReadonlyMap<string, TensorEntry>,
  data: ByteStream,
  staging: number,
): Promise<void> {
  const bytes = new Uint8Array(exports.memory.buffer);
  const floats = new Float32Array(exports.memory.buffer);
  for (const [name, { dtype, shape, begin, end }] of tensors) {
    const { offset, interleaved } = plan.placements.get(name)!;
    const target = interleaved ? staging : offset;
    await data.read(bytes.subarray(target, target + end - begin));
    if (interleaved) exports.interleave_i8(offset, staging, shape[0]!, shape[1]!);
    if (dtype === "F32") {
      const values = floats.subarray(offset / 4, (offset + end - begin) / 4);
      if (!values.every(Number.isFinite)) {
        throw new ModelError("weights_corrupt", `tensor ${name} holds NaN or infinity`);
      }
    }
  }
  const words = new Uint32Array(exports.memory.buffer);
  words.set(plan.layers.fields, plan.layers.offset / 4);
  words.set(plan.model.fields, plan.model.offset / 4);
  floats[plan.model.offset / 4 + EPS_FIELD] = plan.model.fields[EPS_FIELD]!;
}
