/**
 * Compiles `engine/assembly` to `engine/build/engine.wasm`, and writes its bytes once more as a module of TypeScript, `engine-base64.ts`, for
 * hosts that may compile and bundlers that know no `.wasm`. Run by `npm run build` and by wrangler before it bundles.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const root = join(import.meta.dirname, "..");

/** Declared maximum of the module's memory, in 64 KiB pages (96 MiB): a Worker's isolate has 128 MB for everything. */
const MAX_MEMORY_PAGES = 1536;

export async function buildEngine(): Promise<void> {
  mkdirSync(join(root, "engine/build"), { recursive: true });
  const { error, stderr } = await asc.main([
    "engine/assembly/index.ts",
    "--baseDir",
    root,
    "--outFile",
    "engine/build/engine.wasm",
    "--runtime",
    "stub",
    "--enable",
    "simd",
    "--optimizeLevel",
    "3",
    "--shrinkLevel",
    "0",
    "--converge",
    "--noAssert",
    "--use",
    "abort=",
    "--initialMemory",
    "1",
    "--maximumMemory",
    String(MAX_MEMORY_PAGES),
  ]);
  if (error) throw new Error(`asc failed: ${error.message}\n${stderr.toString()}`);
  const base64 = readFileSync(join(root, "engine/build/engine.wasm"), "base64");
  writeFileSync(
    join(root, "engine/build/engine-base64.ts"),
    `// Made by tools/build-engine.ts of engine.wasm.\nexport const ENGINE_BASE64 =\n  "${base64}";\n`,
  );
}

if (import.meta.filename === process.argv[1]) await buildEngine();
