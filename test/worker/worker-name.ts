import { join } from "node:path";
import { readWorkerConfig } from "../../tools/worker-config.ts";

/** As wrangler.toml has it, which a fork may change. */
export const WORKER_NAME = String(readWorkerConfig(join(import.meta.dirname, "../.."))["name"]);
