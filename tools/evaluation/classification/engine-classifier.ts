import type { Head } from "../../../engine/index.ts";
import { startEngine, type EngineOptions } from "../scorers/engine-threads.ts";
import type { Classifier } from "./classifier.ts";

/**
 * The engine in threads of this process.
 *
 * @param check - Called with the model's head; throws if it does not suit.
 * @throws UserError and ModelError as {@link startEngine}
 */
export async function engineClassifier(
  folder: string,
  options: EngineOptions,
  check: (head: Head) => void,
): Promise<Classifier> {
  const { name, identity, ask, close } = await startEngine(folder, options, check);
  return {
    name,
    identity,
    concurrency: options.threads,
    label: async (texts) => (await ask({ kind: "label", texts })).labels,
    tag: async (sentences) => (await ask({ kind: "tag", sentences })).tags,
    close,
  };
}
