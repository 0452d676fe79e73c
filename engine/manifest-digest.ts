/** Whether model.json is as it was written. It vouches for the model's other files; its digest vouches for itself, and so for all of them. */
import { sha256Hex } from "./file-record.ts";
import { parseManifest, type ModelManifest } from "./manifest.ts";
import { ModelError } from "./model-error.ts";

/**
 * What model.json has as its `digest`: the SHA-256, in lower-case hexadecimal, of the JSON of all that `parseManifest` reads of it.
 * Two models of the same digest are the same in every file.
 */
export async function manifestDigest(manifest: ModelManifest): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(parseManifest(manifest)));
  return sha256Hex(await crypto.subtle.digest("SHA-256", json));
}

/**
 * The manifest that was written: any other size, name, label or hash of a file is told by the digest.
 *
 * @param value - The parsed JSON of model.json.
 * @param pinned - The only digest that is taken. Without it, whoever can write the file can write another with a digest of its own.
 * @throws ModelError `manifest_invalid`, or what `parseManifest` throws
 */
export async function verifiedManifest(value: unknown, pinned?: string): Promise<ModelManifest> {
  const manifest = parseManifest(value);
  const { digest: said } = value as { digest?: unknown };
  const digest = await manifestDigest(manifest);
  if (said !== digest) {
    const problem =
      said === undefined
        ? "model.json has no digest: it is damaged, or of an older version of the packer"
        : `model.json was changed after it was written: its digest is ${digest}, and it says another`;
    throw new ModelError("manifest_invalid", problem);
  }
  if (pinned !== undefined && pinned !== digest) {
    throw new ModelError(
      "manifest_invalid",
      `model.json is of another model: its digest is ${digest}, and must be ${pinned}`,
      "Put the model back, or name its new digest.",
    );
  }
  return manifest;
}
