import type { Subject, TokenPair } from "../subject.ts";
import { loadOnnxRuntime, SESSION_OPTIONS, type OnnxRuntime } from "./onnxruntime.ts";

/** A model file in one of onnxruntime's runtimes, fed one padded batch: it knows no ragged ones. */
export async function startOnnx(
  name: Parameters<typeof loadOnnxRuntime>[0],
  model: string,
): Promise<Subject> {
  const runtime = loadOnnxRuntime(name);
  const session = await runtime.InferenceSession.create(model, SESSION_OPTIONS);
  return {
    prepare(input) {
      if (input.kind === "texts") throw new Error(`${name} takes token ids`);
      const feeds = padded(runtime, input.pairs);
      return async () => (await session.run(feeds)).logits.data;
    },
  };
}

/** int64 [batch, longest], zeros behind each sequence. */
function padded(runtime: OnnxRuntime, pairs: readonly TokenPair[]): Record<string, object> {
  const length = Math.max(...pairs.map(({ inputIds }) => inputIds.length));
  const tensor = (valuesOf: (pair: TokenPair) => number[]): object => {
    const data = new BigInt64Array(pairs.length * length);
    for (const [row, pair] of pairs.entries()) data.set(valuesOf(pair).map(BigInt), row * length);
    return new runtime.Tensor("int64", data, [pairs.length, length]);
  };
  return {
    input_ids: tensor(({ inputIds }) => inputIds),
    attention_mask: tensor(({ inputIds }) => inputIds.map(() => 1)),
    token_type_ids: tensor(({ tokenTypeIds }) => tokenTypeIds),
  };
}
