/**
 * Compiles `engine/assembly` to `engine/build/engine.wasm`, and writes its bytes once more as a module of TypeScript, `engine-base64.ts`, for
 * hosts that may compile and bundlers that know no `.wasm`. Run by `npm run build` and by wrangler before it bundles.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const root = join(import.meta.dirname, "..");

/** Declared maximum of the module's memory, in 64 KiB pages (96 MiB): a Worker's isolate has 128 MB for everything. */
const MAX_MEMORY_PAGES = 1536;

/** Each file appears as a whole, so that two processes may build at the same time. */
export async function buildEngine(): Promise<void> {
  const folder = join(root, "engine/build");
  mkdirSync(folder, { recursive: true });
  const staged = `engine/build/engine.wasm.${process.pid}`;
  const { error, stderr } = await asc.main([
    "engine/assembly/index.ts",
    "--baseDir",
    root,
    "--outFile",
    staged,
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
  const base64 = readFileSync(join(root, staged), "base64");
  renameSync(join(root, staged), join(folder, "engine.wasm"));
  const stagedModule = join(folder, `engine-base64.ts.${process.pid}`);
  writeFileSync(
    stagedModule,
    `// Made by tools/build-engine.ts of engine.wasm.\nexport const ENGINE_BASE64 =\n  "${base64}";\n`,
  );
  renameSync(stagedModule, join(folder, "engine-base64.ts"));
}

if (import.meta.filename === process.argv[1]) await buildEngine();
