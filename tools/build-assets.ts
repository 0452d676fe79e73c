/** Puts the model's files into `worker/build`, from where they are deployed as static assets. Run by `npm run build` and by wrangler. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseManifest } from "../engine/manifest.ts";

const root = join(import.meta.dirname, "..");
const model = join(root, "models/rerank-minilm-l6");
const target = join(root, "worker/build");

/** An asset may have 25 MiB. With less, the default model has two parts, so that the tests join some. */
const PART_BYTES = 16 * 1024 * 1024;

/** `tokenizer.json` as it is, `weights.safetensors` in parts: `weights.safetensors.0` and so on. */
export async function buildAssets(): Promise<void> {
  const manifest = parseManifest(JSON.parse(await readFile(join(model, "model.json"), "utf8")));
  const weights = await readFile(join(model, manifest.weights.file));
  const assets = new Map([
    [manifest.tokenizer.file, await readFile(join(model, manifest.tokenizer.file))],
  ]);
  for (let begin = 0, part = 0; begin < weights.length; begin += PART_BYTES, part++) {
    assets.set(`${manifest.weights.file}.${part}`, weights.subarray(begin, begin + PART_BYTES));
  }
  await mkdir(target, { recursive: true });
  for (const name of await readdir(target)) {
    if (!assets.has(name)) await rm(join(target, name));
  }
  for (const [name, bytes] of assets) await writeIfDifferent(join(target, name), bytes);
}

/** A Worker that runs may be reading the file. */
async function writeIfDifferent(path: string, bytes: Buffer): Promise<void> {
  const existing = await readFile(path).catch(() => undefined);
  if (!existing?.equals(bytes)) await writeFile(path, bytes);
}

if (import.meta.filename === process.argv[1]) await buildAssets();
