import { defineConfig, type UserConfig } from "tsdown";

/** Modules that are used from ECMAScript modules and from CommonJS. */
export const MODULES = ["index", "ai-sdk", "langchain", "llamaindex", "hono", "local/index"];

/** Scripts that are run, not imported. */
export const SCRIPTS = ["local/worker", "cli/index"];

const shared = {
  // Neither Node's nor the browser's: no module of either is imported but by the command line.
  platform: "neutral",
  // Node 20 and the browsers of its time.
  target: "es2022",
  fixedExtension: false,
  dts: true,
  // What local mode tokenizes with. Nothing else comes along, and nothing is installed.
  deps: { onlyBundle: ["@huggingface/tokenizers"], neverBundle: ["hono"] },
} satisfies UserConfig;

export default defineConfig([
  {
    ...shared,
    entry: entriesOf([...MODULES, ...SCRIPTS]),
    format: "esm",
    copy: [
      { from: "../engine/build/engine.wasm", to: "dist" },
      { from: "../models/rerank-minilm-l6/*", to: "model" },
      { from: ["../LICENSE", "../NOTICE"], to: "." },
    ],
  },
  // Node's CommonJS has no import.meta.
  { ...shared, entry: entriesOf(MODULES), format: "cjs", shims: true },
]);

function entriesOf(modules: readonly string[]): Record<string, string> {
  return Object.fromEntries(modules.map((module) => [module, `${module}.ts`]));
}
