import { buildEngine } from "../tools/build-engine.ts";

/** Vitest global setup: the tests run against a freshly compiled engine. */
export default buildEngine;
