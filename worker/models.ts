/** Every model that is served, and which one a request means: those that the Worker was built with, and those of the setting MODELS. */
import { parseManifest } from "../engine/manifest.ts";
import { verifiedManifest } from "../engine/manifest-digest.ts";
import bundledJson from "./build/models.json";
import { fail, ok, type Result } from "./errors.ts";
import { assetFiles, bucketFiles, ModelFileError } from "./model-files.ts";
import { nameOf, parseAliases } from "./model-names.ts";
import {
  parseModelSettings,
  type BucketModelSetting,
  type ModelSetting,
} from "./model-settings.ts";
import { edgeModel, modelUnavailable, type EdgeModel } from "./model.ts";

export type { EdgeModel } from "./model.ts";

/** A model that is computed elsewhere. */
export interface BackendModel {
  kind: "backend";
  /** Under which it is asked for and answers. */
  name: string;
}

export type ServedModel = EdgeModel | BackendModel;

/** What of the Worker's bindings says which models there are. */
export interface ModelEnvironment {
  /** Further names under which clients may ask for the default model, comma-separated. Default none. */
  MODEL_ALIASES?: string;
  /** Models beside the bundled ones: a list or its JSON text, see `model-settings.ts`. Default none. */
  MODELS?: unknown;
  /** The bucket of the models in R2. */
  MODEL_BUCKET?: R2Bucket;
}

/** The models that `tools/build-assets.ts` has put into `build`. */
const BUNDLED: readonly EdgeModel[] = bundledJson.map(({ folder, manifest }) => {
  const parsed = parseManifest(manifest);
  return edgeModel(parsed.name, parsed, assetFiles(folder));
});

/** What a request means that names no model: the first of those that the Worker was built with. */
export const DEFAULT_MODEL: EdgeModel = BUNDLED[0]!;

/** What {@link DEFAULT_MODEL} made of the pairs of the self-check when the Worker was built, as `selfCheckLogits` has it. */
export const DEFAULT_SELF_CHECK: string = bundledJson[0]!.selfCheck;

/** Models of R2 whose manifest has been read, by their name. */
const bucketModels = new Map<string, EdgeModel>();

/**
 * The model that a request's `model` means: the default one if it is absent, a common alias or one of the operator's; else the one of
 * that name, with or without its organisation.
 *
 * @returns `unknown_model` if there is none, `model_unavailable` if its manifest cannot be had from R2 now
 */
export async function findModel(
  requested: string | undefined,
  env: ModelEnvironment,
): Promise<Result<ServedModel>> {
  const name = nameOf(requested, servedNames(env), defaultAliases(env));
  if (name === undefined) return unknownModel(requested ?? "", env);
  const bundled = BUNDLED.find((model) => model.name === name);
  if (bundled) return ok(bundled);
  const setting = furtherModels(env).find((each) => each.name === name)!;
  if (setting.source === "r2") return bucketModel(setting, env);
  return ok({ kind: "backend", name });
}

/** Names of the models that the Worker was built with, the default one first. */
export function bundledNames(): string[] {
  return BUNDLED.map(({ name }) => name);
}

/** Names of all models, the default one first. */
export function servedNames(env: ModelEnvironment): string[] {
  return [...BUNDLED, ...furtherModels(env)].map(({ name }) => name);
}

/** The operator's further names for the default model. */
export function defaultAliases({ MODEL_ALIASES = "" }: ModelEnvironment): string[] {
  return parseAliases(MODEL_ALIASES);
}

function unknownModel(requested: string, env: ModelEnvironment): ReturnType<typeof fail> {
  return fail({ kind: "unknown_model", requested, served: servedNames(env) });
}

/** Of the setting that was read last: an isolate has the same in all its requests. */
let further: { setting: unknown; models: readonly ModelSetting[] } | undefined;

/** @throws Error if the setting is wrong: it is checked before any request is answered */
function furtherModels({ MODELS }: ModelEnvironment): readonly ModelSetting[] {
  if (further === undefined || further.setting !== MODELS) {
    const parsed = parseModelSettings(MODELS, bundledNames());
    if (!parsed.ok) throw new Error(parsed.problem);
    further = { setting: MODELS, models: parsed.value };
  }
  return further.models;
}

/**
 * Its manifest is read from R2 by the first request that means it, and kept until the model cannot be loaded by it: other files may
 * have taken the place of those it names.
 */
async function bucketModel(
  { name, prefix, digest }: BucketModelSetting,
  { MODEL_BUCKET }: ModelEnvironment,
): Promise<Result<EdgeModel>> {
  const known = bucketModels.get(name);
  if (known) return ok(known);
  try {
    if (!MODEL_BUCKET) throw new ModelFileError("no bucket is bound as MODEL_BUCKET");
    const files = bucketFiles(MODEL_BUCKET, prefix);
    const manifest = await verifiedManifest(await readJson(files), digest);
    const model = edgeModel(name, manifest, files);
    const load: EdgeModel["load"] = (onProgress) =>
      model.load(onProgress).catch((error: unknown) => {
        bucketModels.delete(name);
        throw error;
      });
    bucketModels.set(name, { ...model, load });
    return ok({ ...model, load });
  } catch (error) {
    return modelUnavailable(name, error);
  }
}

async function readJson(files: ReturnType<typeof bucketFiles>): Promise<unknown> {
  const text = await files.readText("model.json");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelFileError("its model.json is not JSON", { cause });
  }
}
