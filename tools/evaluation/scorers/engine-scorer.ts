import type { Head } from "../../../engine/index.ts";
import { startEngine, type EngineOptions } from "./engine-threads.ts";
import type { Scorer } from "./scorer.ts";

/**
 * The engine in threads of this process. Scores are logits; a query is scored by one thread, so its latency is that of one core.
 *
 * @param check - Called with the model's head; throws if it is no reranker's.
 * @throws UserError and ModelError as {@link startEngine}
 */
export async function engineScorer(
  folder: string,
  options: EngineOptions,
  check: (head: Head) => void,
): Promise<Scorer> {
  const { name, identity, ask, close } = await startEngine(folder, options, check);
  return {
    name,
    identity,
    concurrency: options.threads,
    async score(query, documents) {
      const { logits, latencyMs } = await ask({ kind: "score", query, documents });
      return { scores: logits, latencyMs };
    },
    close,
  };
}
