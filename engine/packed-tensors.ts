/** Which tensors a packed weight file holds: the one list that `pack`, `unpack` and the engine's loader share. */
import type { Head, ModelManifest } from "./manifest.ts";
import { ModelError } from "./model-error.ts";
import type { TensorEntry } from "./safetensors.ts";

/** A tensor of a packed weight file. */
export interface PackedTensor {
  name: string;
  dtype: "I8" | "F32";
  /** Row-major. I8 matrices are [rows, columns] with one F32 `weight_scale` a row. */
  shape: number[];
}

/**
 * The tensors of a packed weight file, exactly these and in the order in which `pack` writes them. A float weight is `I8 * weight_scale` of its row.
 *
 * Tensors whose bytes are a multiple of 16 come first, and `pack` starts the data 16-aligned: so every I8 matrix, bias and LayerNorm
 * vector is 16-aligned in the file. The few others (scales of odd tables, `classifier.bias`) follow and are 4-aligned, as the format allows no gaps.
 */
export function packedTensors({
  architecture,
  head,
}: Pick<ModelManifest, "architecture" | "head">): PackedTensor[] {
  const { hiddenSize, numLayers, intermediateSize, vocabSize, maxSeqLength, typeVocabSize } =
    architecture;
  const table = (name: string, rows: number, columns: number): PackedTensor[] => [
    { name: `${name}.weight`, dtype: "I8", shape: [rows, columns] },
    { name: `${name}.weight_scale`, dtype: "F32", shape: [rows] },
  ];
  const dense = (name: string, outputs: number, inputs: number): PackedTensor[] => [
    ...table(name, outputs, inputs),
    { name: `${name}.bias`, dtype: "F32", shape: [outputs] },
  ];
  const layerNorm = (name: string): PackedTensor[] => [
    { name: `${name}.weight`, dtype: "F32", shape: [hiddenSize] },
    { name: `${name}.bias`, dtype: "F32", shape: [hiddenSize] },
  ];
  const layer = (prefix: string): PackedTensor[] => [
    ...dense(`${prefix}.attention.self.query`, hiddenSize, hiddenSize),
    ...dense(`${prefix}.attention.self.key`, hiddenSize, hiddenSize),
    ...dense(`${prefix}.attention.self.value`, hiddenSize, hiddenSize),
    ...dense(`${prefix}.attention.output.dense`, hiddenSize, hiddenSize),
    ...layerNorm(`${prefix}.attention.output.LayerNorm`),
    ...dense(`${prefix}.intermediate.dense`, intermediateSize, hiddenSize),
    ...dense(`${prefix}.output.dense`, hiddenSize, intermediateSize),
    ...layerNorm(`${prefix}.output.LayerNorm`),
  ];
  const tensors: PackedTensor[] = [
    ...table("bert.embeddings.word_embeddings", vocabSize, hiddenSize),
    ...table("bert.embeddings.position_embeddings", maxSeqLength, hiddenSize),
    ...table("bert.embeddings.token_type_embeddings", typeVocabSize, hiddenSize),
    ...layerNorm("bert.embeddings.LayerNorm"),
    ...Array.from({ length: numLayers }, (_, index) => layer(`bert.encoder.layer.${index}`)).flat(),
    ...(hasPooler(head) ? dense("bert.pooler.dense", hiddenSize, hiddenSize) : []),
    { name: "classifier.weight", dtype: "F32", shape: [head.labels.length, hiddenSize] },
    { name: "classifier.bias", dtype: "F32", shape: [head.labels.length] },
  ];
  const fills16 = (tensor: PackedTensor): boolean =>
    tensor.shape.reduce((a, b) => a * b, tensor.dtype === "I8" ? 1 : 4) % 16 === 0;
  return [...tensors.filter(fills16), ...tensors.filter((tensor) => !fills16(tensor))];
}

/** Whether the classifier reads the pooled [CLS] and not every token. */
export function hasPooler(head: Head): boolean {
  return head.kind !== "token-classification";
}

/**
 * Checks that a weight file holds exactly the tensors that its manifest asks for, by name, dtype and shape (not by value).
 * @throws ModelError `weights_mismatch` naming the first tensors that are missing, left over or different
 */
export function checkPackedTensors(
  manifest: ModelManifest,
  tensors: ReadonlyMap<string, Pick<TensorEntry, "dtype" | "shape">>,
): void {
  const problems: string[] = [];
  const expected = packedTensors(manifest);
  for (const { name, dtype, shape } of expected) {
    const tensor = tensors.get(name);
    if (!tensor) problems.push(`"${name}" is missing`);
    else if (tensor.dtype !== dtype || tensor.shape.join() !== shape.join()) {
      problems.push(
        `"${name}" is ${tensor.dtype} [${tensor.shape.join(", ")}], not ${dtype} [${shape.join(", ")}]`,
      );
    }
  }
  const names = new Set(expected.map(({ name }) => name));
  for (const name of tensors.keys())
    if (!names.has(name)) problems.push(`"${name}" does not belong there`);
  if (problems.length > 0)
    throw new ModelError(
      "weights_mismatch",
      `${manifest.weights.file} does not fit model.json: ${listProblems(problems)}`,
    );
}

/** The first few of a list of problems, and how many more there are. */
export function listProblems(problems: readonly string[]): string {
  const shown = problems.slice(0, 5).join("; ");
  return problems.length > 5 ? `${shown}; and ${problems.length - 5} more` : shown;
}
