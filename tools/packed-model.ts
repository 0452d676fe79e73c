/** Packed models on disk: a folder with model.json, weights.safetensors and tokenizer.json. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkFile } from "../engine/file-record.ts";
import { manifestDigest, verifiedManifest } from "../engine/manifest-digest.ts";
import { MANIFEST_FORMAT, parseManifest, type ModelManifest } from "../engine/manifest.ts";
import { ModelError } from "../engine/model-error.ts";
import { readJsonIfThere } from "./json-file.ts";
import { UserError } from "./user-error.ts";
import { writeFolder } from "./write-folder.ts";

export const MANIFEST_FILE = "model.json";
export const PACKED_WEIGHTS_FILE = "weights.safetensors";
export const PACKED_TOKENIZER_FILE = "tokenizer.json";

export interface PackedModelFiles {
  manifest: ModelManifest;
  /** The bytes of the weight file. */
  weights: Uint8Array<ArrayBuffer>;
  /** The text of tokenizer.json. */
  tokenizer: string;
}

/**
 * Reads a packed model and checks the manifest's digest, and sizes and hashes of its files; what they hold is not looked at.
 * @throws UserError if the folder holds no packed model
 * @throws ModelError if a file is damaged or missing
 */
export async function readPackedModel(folder: string): Promise<PackedModelFiles> {
  const json = await readJsonIfThere(join(folder, MANIFEST_FILE));
  if (!json) {
    throw new UserError(
      `${folder} holds no packed model: there is no ${MANIFEST_FILE}. Make one with \`npm run tools -- pack\` or \`pull\`.`,
    );
  }
  const manifest = await verifiedManifest(json);
  const weights = await readRecorded(folder, manifest.weights, "weights_mismatch");
  const tokenizer = await readRecorded(folder, manifest.tokenizer, "tokenizer_corrupt");
  return { manifest, weights, tokenizer: new TextDecoder().decode(tokenizer) };
}

/**
 * Writes a packed model and completes its manifest with the files' sizes and hashes and its own digest.
 * @returns the manifest as written
 * @throws UserError if the folder holds anything but an older packed model
 */
export async function writePackedModel(
  folder: string,
  description: Omit<ModelManifest, "format" | "version" | "weights" | "tokenizer">,
  weights: Uint8Array,
  tokenizer: string,
): Promise<ModelManifest> {
  const { name, ...rest } = description;
  const manifest = parseManifest({
    format: MANIFEST_FORMAT,
    version: 1,
    name,
    ...rest,
    weights: record(PACKED_WEIGHTS_FILE, weights),
    tokenizer: record(PACKED_TOKENIZER_FILE, new TextEncoder().encode(tokenizer)),
  });
  const sealed = { ...manifest, digest: await manifestDigest(manifest) };
  const files = new Map<string, Uint8Array | string>([
    [PACKED_WEIGHTS_FILE, weights],
    [PACKED_TOKENIZER_FILE, tokenizer],
    [MANIFEST_FILE, `${JSON.stringify(sealed, null, 2)}\n`],
  ]);
  await writeFolder(folder, files, async (names) => {
    if (!names.includes(MANIFEST_FILE)) return false;
    const existing = await readJsonIfThere(join(folder, MANIFEST_FILE));
    return existing?.["format"] === MANIFEST_FORMAT;
  });
  return manifest;
}

async function readRecorded(
  folder: string,
  expected: ModelManifest["weights"],
  code: "weights_mismatch" | "tokenizer_corrupt",
): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(folder, expected.file);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new ModelError(code, `${path} is missing`);
  }
  await checkFile(expected, bytes, code);
  return bytes;
}

function record(file: string, bytes: Uint8Array): ModelManifest["weights"] {
  return { file, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
