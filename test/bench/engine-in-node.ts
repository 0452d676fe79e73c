import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadCrossEncoder, type CrossEncoder, type PackedModel } from "../../engine/index.ts";
import { ENGINE_WASM } from "./paths.ts";

/** A Worker may not compile, so its types make this class abstract; the benchmark runs in Node. */
const NodeModule = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

/** Compiles the engine's module anew. */
export async function compileEngine(): Promise<WebAssembly.Module> {
  return new NodeModule(await readFile(ENGINE_WASM));
}

/** The files of a packed model. */
export async function readModelFiles(folder: string): Promise<PackedModel> {
  const [manifest, weights, tokenizer] = await Promise.all([
    readFile(join(folder, "model.json"), "utf8"),
    readFile(join(folder, "weights.safetensors")),
    readFile(join(folder, "tokenizer.json"), "utf8"),
  ]);
  return { manifest: JSON.parse(manifest) as unknown, weights, tokenizer };
}

/** A packed model, loaded. */
export async function loadPackedModel(folder: string): Promise<CrossEncoder> {
  return loadCrossEncoder(await compileEngine(), await readModelFiles(folder));
}
