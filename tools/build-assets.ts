/**
 * Puts the model that the Worker serves into `worker/build`: its manifest, which the Worker imports, and its files, which are deployed
 * as static assets. Run by `npm run build` and by wrangler, after the engine was built.
 *
 * Which model is the environment's MODEL, a folder of a packed model, relative to the project. Default: models/rerank-minilm-l6.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { loadCrossEncoder, ModelError } from "../engine/index.ts";
import { MANIFEST_FILE, readPackedModel } from "./packed-model.ts";
import { UserError } from "./user-error.ts";

const root = join(import.meta.dirname, "..");
const target = join(root, "worker/build");

const DEFAULT_MODEL = "models/rerank-minilm-l6";

/** An asset may have 25 MiB. With less, the default model has two parts, so that the tests join some. */
const PART_BYTES = 16 * 1024 * 1024;

/**
 * Writes `model.json` and `tokenizer.json` as they are, `weights.safetensors` in parts (`weights.safetensors.0` and so on), and
 * removes what another model has left.
 *
 * @param model Folder of a packed model, relative to the project.
 * @throws UserError or ModelError if it holds none, or one that the engine cannot load; then nothing was written
 */
async function buildAssets(model: string): Promise<void> {
  const { manifest, weights, tokenizer } = await readPackedModel(resolve(root, model));
  const engine = await readFile(join(root, "engine/build/engine.wasm"));
  await loadCrossEncoder(new NodeModule(engine), { manifest, weights, tokenizer });
  const files = new Map<string, Uint8Array>();
  for (let begin = 0, part = 0; begin < weights.length; begin += PART_BYTES, part++) {
    files.set(`${manifest.weights.file}.${part}`, weights.subarray(begin, begin + PART_BYTES));
  }
  files.set(manifest.tokenizer.file, Buffer.from(tokenizer));
  files.set(MANIFEST_FILE, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  await mkdir(target, { recursive: true });
  for (const name of await readdir(target)) {
    // The rest is the playground's and the API page's.
    const isPart = name.startsWith(`${manifest.weights.file}.`);
    if (isPart && !files.has(name)) await rm(join(target, name));
  }
  for (const [name, bytes] of files) await writeIfDifferent(join(target, name), bytes);
}

/** A Worker may not compile, so its types make this class abstract; Node may. */
const NodeModule = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

/** A Worker that runs may be reading the file. */
async function writeIfDifferent(path: string, bytes: Uint8Array): Promise<void> {
  const existing = await readFile(path).catch(() => undefined);
  if (!existing?.equals(bytes)) await writeFile(path, bytes);
}

const model = process.env["MODEL"] || DEFAULT_MODEL;
try {
  await buildAssets(model);
} catch (error) {
  if (!(error instanceof UserError || error instanceof ModelError)) throw error;
  process.stderr.write(`The model MODEL=${model} cannot be served: ${error.message}\n`);
  process.exitCode = 1;
}
