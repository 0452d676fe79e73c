import type { FileRecord } from "./manifest.ts";
import { ModelError } from "./model-error.ts";

/** What a difference from the manifest is called. */
type FileErrorCode = "weights_mismatch" | "tokenizer_corrupt";

/**
 * Checks that a file of a packed model is the one its manifest names.
 * @throws ModelError saying which of size and SHA-256 differs, and both values
 */
export async function checkFile(
  record: FileRecord,
  bytes: Uint8Array<ArrayBuffer>,
  code: FileErrorCode,
): Promise<void> {
  await checkContents(record, bytes.length, () => crypto.subtle.digest("SHA-256", bytes), code);
}

/**
 * The same for a file that is not at hand as a whole.
 *
 * @param bytes - Its size.
 * @param sha256 - Its hash; only asked for if the size is right.
 */
export async function checkContents(
  record: FileRecord,
  bytes: number,
  sha256: () => Promise<ArrayBuffer>,
  code: FileErrorCode,
): Promise<void> {
  if (bytes !== record.bytes) {
    throw new ModelError(
      code,
      `${record.file} has ${bytes} bytes, model.json says ${record.bytes}`,
    );
  }
  const actual = sha256Hex(await sha256());
  if (actual !== record.sha256) {
    throw new ModelError(
      code,
      `${record.file} has the SHA-256 ${actual}, model.json says ${record.sha256}`,
    );
  }
}

/** A hash as model.json writes it: in lower-case hexadecimal. */
export function sha256Hex(hash: ArrayBuffer): string {
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
