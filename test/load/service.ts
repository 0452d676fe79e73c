/**
 * The production bundle in a workerd of its own, without wrangler between, that is started again whenever it ends: what Cloudflare does for
 * an isolate.
 */
import { bundle, stageProject } from "../bench/bundle.ts";
import type { KeyRecord } from "../../worker/auth/key-record.ts";
import { compileWorker, startWorker, type RunningWorker } from "../bench/workerd.ts";
import { freePort } from "../free-port.ts";

export interface LoadService {
  readonly url: string;
  /** Folder of its static assets. */
  readonly assets: string;
  /** Resident memory of workerd, MB of 10^6 bytes. */
  memoryMb(): Promise<number>;
  /** Requests that are read, wait or are computed, as its metrics have it. */
  openRequests(): Promise<number>;
  /** SIGKILL. Resolves when it accepts connections again. */
  die(): Promise<void>;
  stop(): Promise<void>;
}

/** An isolate has 128 MB in production, of which the engine's memory takes some 40; without a limit V8 sees no reason to collect. */
const HEAP_MB = 80;

/**
 * Builds and starts it; without keys it is warm, which is to say that its model is loaded.
 *
 * @param name - Of the folder that it is built in.
 * @param model - Folder of a packed model.
 * @param keys - Records of the keys that are let in, if a key is to be needed at all.
 */
export async function startService(
  name: string,
  model: string,
  keys?: readonly KeyRecord[],
): Promise<LoadService> {
  const variables: Record<string, string> = keys
    ? {
        RERANK_AUTH: "required",
        RERANK_API_KEYS: keys.map((key) => JSON.stringify(key)).join("\n"),
      }
    : {};
  const project = await stageProject(name, model);
  const built = await bundle(project, "service");
  const program = await compileWorker(built, Object.keys(variables), HEAP_MB);
  const port = await freePort();
  const start = (): Promise<RunningWorker> => startWorker(program, variables, port);
  let worker = await start();
  if (!keys) await worker.post("/v1/rerank", { query: "warm", documents: ["up"] });
  return {
    url: worker.url,
    assets: built.assets,
    memoryMb: async () => (await worker.memory()).nowMb,
    async openRequests() {
      const metrics = await (await fetch(`${worker.url}/metrics`)).text();
      return Number(/^te_queue_size (\d+)$/m.exec(metrics)?.[1]);
    },
    async die() {
      await worker.stop("SIGKILL");
      worker = await start();
    },
    stop: () => worker.stop(),
  };
}
