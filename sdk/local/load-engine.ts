import { loadCrossEncoder, ModelError, type CrossEncoder } from "../../engine/index.ts";
import { compileEngine } from "./compile-engine.ts";
import { loadError } from "./load-error.ts";
import { isRead, sourceOf } from "./model-source.ts";
import type { LocalClientOptions } from "./options.ts";
import { readModel } from "./read-model.ts";

export type LoadOptions = Pick<
  LocalClientOptions,
  "model" | "onProgress" | "signal" | "cache" | "engine"
>;

/** The model, loaded into an engine of its own. @throws RerankError */
export async function loadEngine(options: LoadOptions): Promise<CrossEncoder> {
  const { model, signal } = options;
  try {
    signal?.throwIfAborted();
    const module = options.engine ?? (await compileEngine());
    if (isRead(model)) return await loadCrossEncoder(module, model);
    const source = sourceOf(model);
    for (const readKept of [true, false]) {
      const files = await readModel(source, options, readKept);
      try {
        const encoder = await loadCrossEncoder(module, files);
        await files.keep();
        return encoder;
      } catch (error) {
        // A file in the cache may be damaged; one that was just downloaded is as its server has it.
        if (!files.fromCache || !(error instanceof ModelError)) throw error;
      }
    }
    throw new Error("files that do not come from the cache came from the cache");
  } catch (error) {
    throw loadError(error, signal);
  }
}
