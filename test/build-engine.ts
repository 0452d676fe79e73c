import { buildEngine } from "../tools/build-engine.ts";

/** Vitest global setup: the tests run against the engine of these sources. */
export default buildEngine;
