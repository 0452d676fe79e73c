/** The deployed model: the one that `tools/build-assets.ts` has put into `build`. Its manifest is at hand from the start; its files are read by the first request that scores. */
import engineModule from "../engine/build/engine.wasm";
import { loadCrossEncoder, type CrossEncoder, type ModelManifest } from "../engine/index.ts";
import { parseManifest } from "../engine/manifest.ts";
import manifestJson from "./build/model.json";
import { readText, streamParts } from "./model-files.ts";

export const MODEL: ModelManifest = parseManifest(manifestJson);

let loaded: CrossEncoder | undefined;

/**
 * The loaded model. Called only by a request whose turn it is, so that it is loaded once.
 *
 * The promise is not shared: if the request that loads is ended midway, the next one starts anew instead of waiting for ever.
 * @param onProgress - Called again and again while the model loads.
 * @throws ModelError if the deployed model is broken, Error if it cannot be read
 */
export async function loadModel(onProgress: () => void): Promise<CrossEncoder> {
  if (loaded) return loaded;
  const [tokenizer, weights] = await Promise.all([
    readText(MODEL.tokenizer),
    streamParts(MODEL.weights, onProgress),
  ]);
  return (loaded = await loadCrossEncoder(engineModule, {
    manifest: manifestJson,
    weights,
    tokenizer,
  }));
}

/** Names every client may send for the model: what tools fill in when their user names none. */
const COMMON_ALIASES = ["", "default", "default/not-specified"];

/**
 * Whether a request's `model` means the deployed one: absent, its name with or without the organisation, a common alias,
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
