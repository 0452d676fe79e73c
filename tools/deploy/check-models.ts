import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelManifest } from "../../engine/index.ts";
import { mebibytes } from "./mebibytes.ts";
import type { CheckResult } from "./check.ts";

/** Of what `tools/build-assets.ts` writes for each model. */
interface BuiltModel {
  folder: string;
  manifest: ModelManifest;
}

/**
 * Whether the files that would be sent are those of the models' manifests, by their hashes: the Worker would find out only at its first request.
 * @param assets - Folder of the static assets.
 */
export async function checkModels(assets: string): Promise<CheckResult> {
  const list = await readFile(join(assets, "models.json"), "utf8");
  const found: string[] = [];
  for (const { folder, manifest } of JSON.parse(list) as BuiltModel[]) {
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
