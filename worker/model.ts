/** One model that this Worker computes with. Its manifest is at hand from the start; its files are read by the first request that scores. */
import engineModule from "../engine/build/engine.wasm";
import {
  loadCrossEncoder,
  ModelError,
  type CrossEncoder,
  type ModelManifest,
} from "../engine/index.ts";
import { EngineCache } from "./engine-cache.ts";
import { engineBytes, tokenizerBytes } from "./engine-bytes.ts";
import { fail, ok, type Result } from "./errors.ts";
import { ModelFileError, type ModelFiles } from "./model-files.ts";
import { writeLog } from "./observe/log.ts";
import type { Turns } from "./turns.ts";

/** A model that is computed here. */
export interface EdgeModel {
  kind: "edge";
  /** Under which it is asked for and answers. */
  name: string;
  manifest: ModelManifest;
  /**
   * The loaded model. Called only by a request whose turn it is, so that it is loaded once, and the one that is let go of for it is
   * not in use.
   *
   * @param onProgress - Called again and again while the model loads.
   * @throws ModelError if the model is broken, ModelFileError if it cannot be read or has no room
   */
  load(onProgress: () => void): Promise<CrossEncoder>;
}

/**
 * Bytes of all loaded models together: two of MiniLM-L6, or one of L12. An isolate has 128 MB for everything; with two of L12 an empty
 * Worker and a request's texts leave it nothing.
 */
const MAX_ENGINE_BYTES = 66_000_000;

const engines = new EngineCache<CrossEncoder>(MAX_ENGINE_BYTES);

/** The models that this isolate has loaded, and what they take of its memory: theirs in WebAssembly, and an estimate of their tokenizers. */
export function loadedModels(): { names: string[]; bytes: number } {
  return { names: engines.names, bytes: engines.bytes };
}

/**
 * A model of this manifest and these files.
 *
 * While it loads, its promise is not shared: if the request that loads is ended midway, the next one starts anew instead of waiting
 * for ever.
 */
export function edgeModel(name: string, manifest: ModelManifest, files: ModelFiles): EdgeModel {
  const load = async (onProgress: () => void): Promise<CrossEncoder> => {
    const loaded = engines.get(name);
    if (loaded) return loaded;
    const bytes = engineBytes(manifest);
    const released = engines.makeRoom(bytes);
    if (released === null) {
      throw new ModelFileError(
        `the model takes about ${megabytes(bytes)} MB of memory; there is room for ${megabytes(MAX_ENGINE_BYTES)}`,
      );
    }
    const [tokenizer, weights] = await Promise.all([
      files.readText(manifest.tokenizer.file),
      files.stream(manifest.weights, onProgress),
    ]);
    // The largest, so that its memory need not grow.
    const recycled = released.sort((a, b) => a.memoryBytes - b.memoryBytes).at(-1);
    const engine = await loadCrossEncoder(
      engineModule,
      { manifest, weights, tokenizer },
      recycled === undefined ? {} : { recycled },
    );
    engines.set(name, engine, engine.memoryBytes + tokenizerBytes(manifest));
    return engine;
  };
  return { kind: "edge", name, manifest, load };
}

/** The loaded model, for a request whose turn it is. What cannot be loaded is logged, by its name, and a failure. */
export async function loadModel(model: EdgeModel, turns: Turns): Promise<Result<CrossEncoder>> {
  try {
    return ok(await model.load(() => turns.renew()));
  } catch (error) {
    return modelUnavailable(model.name, error);
  }
}

/**
 * The failure that a model's error stands for.
 * @throws the error, if it is none of a model or its files
 */
export function modelUnavailable(name: string, error: unknown): ReturnType<typeof fail> {
  if (!(error instanceof ModelError || error instanceof ModelFileError)) throw error;
  writeLog({ level: "error", event: "model", model: name, problem: error.message });
  return fail({ kind: "model_unavailable", model: name });
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
