import { join } from "node:path";

/** The repository. */
export const ROOT = join(import.meta.dirname, "../..");

/** Where the benchmark keeps its peers and its last figures; git ignores it. */
export const PEERS_FOLDER = join(ROOT, "bench-peers");

export const ENGINE_WASM = join(ROOT, "engine/build/engine.wasm");
