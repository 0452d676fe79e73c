import { attention } from "./attention.ts";
import { embeddings } from "./embeddings.ts";
import { gelu } from "./gelu.ts";
import { classify, type Dense } from "./head.ts";
import { layerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";
import type { ReferenceModel } from "./model.ts";

/**
 * The logits of one sequence: the whole `BertForSequenceClassification`, or `BertForTokenClassification`, on a packed model's
 * dequantized weights.
 *
 * @param inputIds - `[seq]`
 * @param tokenTypeIds - `[seq]`
 * @returns `[labels]`, or of a token classifier `[seq, labels]`
 */
export function bertLogits(
  model: ReferenceModel,
  inputIds: ArrayLike<number>,
  tokenTypeIds: ArrayLike<number>,
): Float64Array {
  const { hiddenSize, numLayers, numHeads, layerNormEps } = model.architecture;
  const dense = (name: string): Dense => ({
    weight: model.tensor(`${name}.weight`),
    bias: model.tensor(`${name}.bias`),
  });
  const apply = (x: Float64Array, name: string): Float64Array =>
    linear(x, dense(name).weight, dense(name).bias);
  const norm = (x: Float64Array, name: string): Float64Array =>
    layerNorm(x, model.tensor(`${name}.weight`), model.tensor(`${name}.bias`), layerNormEps);

  const table = (kind: string): ArrayLike<number> =>
    model.tensor(`bert.embeddings.${kind}_embeddings.weight`);
  const summed = embeddings(
    inputIds,
    tokenTypeIds,
    table("word"),
    table("position"),
    table("token_type"),
    hiddenSize,
  );
  let hidden = norm(summed, "bert.embeddings.LayerNorm");
  for (let layer = 0; layer < numLayers; layer++) {
    const prefix = `bert.encoder.layer.${layer}`;
    const [q, k, v] = ["query", "key", "value"].map((name) =>
      apply(hidden, `${prefix}.attention.self.${name}`),
    );
    const context = attention(q!, k!, v!, hiddenSize, numHeads);
    const attended = norm(
      add(apply(context, `${prefix}.attention.output.dense`), hidden),
      `${prefix}.attention.output.LayerNorm`,
    );
    const inner = gelu(apply(attended, `${prefix}.intermediate.dense`));
    hidden = norm(
      add(apply(inner, `${prefix}.output.dense`), attended),
      `${prefix}.output.LayerNorm`,
    );
  }
  if (model.head.kind === "token-classification") return apply(hidden, "classifier");
  return classify(hidden.subarray(0, hiddenSize), dense("bert.pooler.dense"), dense("classifier"));
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]!);
}
