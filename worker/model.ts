/** The bundled model. Its manifest is at hand from the start; its weights are loaded by the first request that scores. */
import engineModule from "../engine/build/engine.wasm";
import { loadCrossEncoder, type CrossEncoder, type ModelManifest } from "../engine/index.ts";
import { parseManifest } from "../engine/manifest.ts";
import manifestJson from "../models/rerank-minilm-l6/model.json";
import tokenizerJson from "../models/rerank-minilm-l6/tokenizer.json";
import weights from "../models/rerank-minilm-l6/weights.safetensors";

export const MODEL: ModelManifest = parseManifest(manifestJson);

let loaded: CrossEncoder | undefined;

/**
 * The loaded model. Called only by a request whose turn it is, so that it is loaded once.
 *
 * The promise is not shared: if the request that loads is ended midway, the next one starts anew instead of waiting for ever.
 * @throws ModelError if the bundle holds a broken model
 */
export async function loadModel(): Promise<CrossEncoder> {
  if (loaded) return loaded;
  const model = await loadCrossEncoder(engineModule, {
    manifest: manifestJson,
    weights: new Uint8Array(weights),
    // The bundler's Text rule gives the file's text, where TypeScript sees the JSON in it.
    tokenizer: tokenizerJson as unknown as string,
  });
  // The weights are in the engine's memory now: this gives 22 MB of 128 back.
  if ("transfer" in weights) weights.transfer(0);
  return (loaded = model);
}

/** Names every client may send for the model: what tools fill in when their user names none. */
const COMMON_ALIASES = ["", "default", "default/not-specified"];

/**
 * Whether a request's `model` means the bundled one: absent, its name with or without the organisation, a common alias,
 * or one of the operator's.
 *
 * @param aliases - The operator's further names, comma-separated, such as "rerank-v3.5" for clients that must name a Cohere model.
 */
export function isServedModel(requested: string | undefined, aliases: string): boolean {
  if (requested === undefined) return true;
  const names = [...COMMON_ALIASES, MODEL.name, MODEL.name.replace(/^.*\//, "")];
  return (
    names.includes(requested) || aliases.split(",").some((alias) => alias.trim() === requested)
  );
}
