import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

/** The part of onnxruntime's JavaScript interface that the benchmark uses; both runtimes have it. */
export interface OnnxRuntime {
  env: { versions: Record<string, string>; wasm: { numThreads?: number; wasmPaths?: string } };
  Tensor: new (type: "int64", data: BigInt64Array, shape: number[]) => object;
  InferenceSession: {
    create(path: string, options: object): Promise<OnnxSession>;
  };
}

export interface OnnxSession {
  run(feeds: Record<string, object>): Promise<{ logits: { data: Float32Array } }>;
}

/** One thread, and every optimisation there is. */
export const SESSION_OPTIONS = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
};

/** The runtimes that transformers.js brings. onnxruntime-web is what it uses in a browser, onnxruntime-node what it uses in Node. */
export function loadOnnxRuntime(name: "onnxruntime-web" | "onnxruntime-node"): OnnxRuntime {
  const fromTransformers = createRequire(import.meta.resolve("@huggingface/transformers"));
  const runtime = fromTransformers(name) as OnnxRuntime;
  if (name === "onnxruntime-web") {
    runtime.env.wasm.numThreads = 1;
    // Where it would look by itself; transformers.js would send it to a CDN.
    const folder = dirname(fromTransformers.resolve(name));
    runtime.env.wasm.wasmPaths = `${pathToFileURL(folder).href}/`;
  }
  return runtime;
}
