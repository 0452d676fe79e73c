import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelManifest } from "../../engine/index.ts";
import { mebibytes } from "./mebibytes.ts";
import type { CheckResult } from "./check.ts";

/** What `tools/build-assets.ts` writes for each model. */
export interface BuiltModel {
  folder: string;
  manifest: ModelManifest;
  selfCheck: string;
}

/** @param assets - Folder of the static assets. */
export async function readBuiltModels(assets: string): Promise<BuiltModel[]> {
  return JSON.parse(await readFile(join(assets, "models.json"), "utf8")) as BuiltModel[];
}

/** Whether the files that would be sent are those of the models' manifests, by their hashes: the Worker would find out only at its first request. */
export async function checkModels(
  assets: string,
  models: readonly BuiltModel[],
): Promise<CheckResult> {
  const found: string[] = [];
  for (const { folder, manifest } of models) {
    for (const { file, bytes, sha256 } of [manifest.weights, manifest.tokenizer]) {
      const actual = await hashOf(assets, folder, file).catch((error: Error) => error.message);
      if (actual !== sha256) {
        const detail = `${file} of ${manifest.name} is not that of its manifest (${actual}): run npm run build`;
        return { name: "models", state: "failed", detail };
      }
      if (file === manifest.weights.file)
        found.push(`${manifest.name}, ${mebibytes(bytes)}, SHA-256 ${sha256.slice(0, 12)}…`);
    }
  }
  return { name: "models", state: "ok", detail: found.join("; ") };
}

/** Of a file, or of its parts one after another. */
async function hashOf(assets: string, folder: string, file: string): Promise<string> {
  const path = join(assets, folder, file);
  const hash = createHash("sha256");
  const whole = await readFile(path).catch(() => undefined);
  if (whole) return hash.update(whole).digest("hex");
  hash.update(await readFile(`${path}.0`));
  for (let part = 1; ; part++) {
    const bytes = await readFile(`${path}.${part}`).catch(() => undefined);
    if (!bytes) return hash.digest("hex");
    hash.update(bytes);
  }
}
