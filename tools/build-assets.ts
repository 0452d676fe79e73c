/**
 * Puts the models that the Worker serves into `worker/build`: the list of their manifests, which the Worker imports, and their files,
 * which are deployed as static assets. Run by `npm run build` and by wrangler, after the engine was built.
 *
 * Which models is the environment's MODEL, else BUILT_IN_MODELS of wrangler.toml's [vars]: folders of packed models, comma-separated, relative to the project, the
 * default one first.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { loadCrossEncoder, ModelError, selfCheckLogits } from "../engine/index.ts";
import { readPackedModel, type PackedModelFiles } from "./packed-model.ts";
import { UserError } from "./user-error.ts";
import { modelFolders, readWorkerConfig } from "./worker-config.ts";

const root = join(import.meta.dirname, "..");
const target = join(root, "worker/build");

/** Beside the playground's and the API page's files, whose names a model may have. */
const MODELS_FOLDER = "models";

/** An asset may have 25 MiB. With less, the default model has two parts, so that the tests join some. */
const PART_BYTES = 16 * 1024 * 1024;

/**
 * Writes `models.json`, which has each model's manifest and self-check, and each model's files into a folder of its own: `tokenizer.json` as it is, and `weights.safetensors` in parts
 * (`weights.safetensors.0` and so on). Removes what other models have left.
 *
 * @param folders Folders of packed models, relative to the project, the default one first.
 * @throws UserError or ModelError if one holds no model, or one that the engine cannot load; then nothing was written
 */
async function buildAssets(folders: readonly string[]): Promise<void> {
  const engine = new NodeModule(await readFile(join(root, "engine/build/engine.wasm")));
  const files = new Map<string, Uint8Array>();
  const models = [];
  for (const path of folders) {
    const model = await readModel(path, engine);
    const { name } = model.manifest;
    const folder = folderOf(name);
    const twin = models.find((other) => other.folder === folder)?.manifest.name;
    if (twin !== undefined)
      throw new UserError(`${path} has the name ${name}, too close to the other model's ${twin}.`);
    models.push({ folder, manifest: model.manifest, selfCheck: model.selfCheck });
    for (const [file, bytes] of assetsOf(model)) files.set(`${folder}/${file}`, bytes);
  }
  await removeOthers(new Set(models.map(({ folder }) => folder)), files);
  for (const { folder } of models) await mkdir(join(target, folder), { recursive: true });
  for (const [name, bytes] of files) await writeIfDifferent(join(target, name), bytes);
  const list = Buffer.from(`${JSON.stringify(models, null, 2)}\n`);
  await writeIfDifferent(join(target, "models.json"), list);
}

/** A model's files, and the logits that the Worker compares its own with: `worker/ready.ts`. */
interface CheckedModel extends PackedModelFiles {
  selfCheck: string;
}

/** @throws UserError or ModelError if the folder holds no model, or one that the engine cannot load */
async function readModel(path: string, engine: WebAssembly.Module): Promise<CheckedModel> {
  const model = await readPackedModel(resolve(root, path));
  return { ...model, selfCheck: selfCheckLogits(await loadCrossEncoder(engine, model)) };
}

/** Where a model's assets are, of the letters that a path may have anywhere. */
function folderOf(name: string): string {
  return `${MODELS_FOLDER}/${name.replaceAll(/[^A-Za-z0-9._-]/g, "-")}`;
}

function assetsOf({ manifest, weights, tokenizer }: PackedModelFiles): Map<string, Uint8Array> {
  const assets = new Map<string, Uint8Array>();
  for (let begin = 0, part = 0; begin < weights.length; begin += PART_BYTES, part++) {
    assets.set(`${manifest.weights.file}.${part}`, weights.subarray(begin, begin + PART_BYTES));
  }
  assets.set(manifest.tokenizer.file, Buffer.from(tokenizer));
  return assets;
}

/** Removes the folders of other models, and from these what an older version of their models has left. */
async function removeOthers(
  folders: ReadonlySet<string>,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const folder of await pathsIn(MODELS_FOLDER)) {
    const stale = folders.has(folder)
      ? (await pathsIn(folder)).filter((path) => !files.has(path))
      : [folder];
    for (const path of stale) await rm(join(target, path), { recursive: true });
  }
}

/** Relative to {@link target}, as is the folder; none if there is no such folder. */
async function pathsIn(folder: string): Promise<string[]> {
  const names = await readdir(join(target, folder)).catch(() => []);
  return names.map((name) => `${folder}/${name}`);
}

/** A Worker may not compile, so its types make this class abstract; Node may. */
const NodeModule = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

/** A Worker that runs may be reading the file. */
async function writeIfDifferent(path: string, bytes: Uint8Array): Promise<void> {
  const existing = await readFile(path).catch(() => undefined);
  if (!existing?.equals(bytes)) await writeFile(path, bytes);
}

let folders: string[] = [];
try {
  folders = modelFolders(readWorkerConfig(root), process.env["MODEL"]);
  await buildAssets(folders);
} catch (error) {
  if (!(error instanceof UserError || error instanceof ModelError)) throw error;
  process.stderr.write(`The model MODEL=${folders.join(",")} cannot be served: ${error.message}\n`);
  process.exitCode = 1;
}
