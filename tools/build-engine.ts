/**
 * Compiles `engine/assembly` to `engine/build/engine.wasm`, and writes its bytes once more as a module of TypeScript, `engine-base64.ts`, for
 * hosts that may compile and bundlers that know no `.wasm`. Run by `npm run build` and by wrangler before it bundles. What was compiled of the
 * same sources is kept.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const root = join(import.meta.dirname, "..");
const folder = join(root, "engine/build");
const wasmPath = join(folder, "engine.wasm");
const modulePath = join(folder, "engine-base64.ts");

/** Declared maximum of the module's memory, in 64 KiB pages (96 MiB): a Worker's isolate has 128 MB for everything. */
const MAX_MEMORY_PAGES = 1536;

export async function buildEngine(): Promise<void> {
  const recipe = hashOfRecipe();
  if (isBuilt(recipe)) return;
  mkdirSync(folder, { recursive: true });
  const wasm = await compile();
  replaceFile(wasmPath, wasm);
  replaceFile(modulePath, moduleOf(recipe, wasm));
}

/** SHA-256 of all that the engine is made from: sources, compiler, and how it is called. */
function hashOfRecipe(): string {
  const hash = createHash("sha256").update(asc.version);
  const sources = readdirSync(join(root, "engine/assembly"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join("engine/assembly", name));
  for (const path of ["tools/build-engine.ts", ...sources])
    hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest("hex");
}

function isBuilt(recipe: string): boolean {
  try {
    return readFileSync(modulePath, "utf8") === moduleOf(recipe, readFileSync(wasmPath));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function moduleOf(recipe: string, wasm: Uint8Array): string {
  const base64 = Buffer.from(wasm).toString("base64");
  return `// Made by tools/build-engine.ts of engine.wasm, recipe ${recipe}.\nexport const ENGINE_BASE64 =\n  "${base64}";\n`;
}

async function compile(): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "engine/assembly/index.ts",
      "--baseDir",
      root,
      "--outFile",
      "engine.wasm",
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
    ],
    {
      writeFile(name, contents) {
        if (name === "engine.wasm" && typeof contents !== "string") wasm = contents;
      },
    },
  );
  if (error || !wasm) throw new Error(`asc failed: ${error?.message}\n${stderr.toString()}`);
  return wasm;
}

/** The file appears as a whole, so that two processes may build at the same time. */
function replaceFile(path: string, contents: string | Uint8Array): void {
  const staged = `${path}.${process.pid}`;
  writeFileSync(staged, contents);
  renameSync(staged, path);
}

if (import.meta.filename === process.argv[1]) await buildEngine();
