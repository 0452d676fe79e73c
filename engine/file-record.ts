import type { FileRecord } from "./manifest.ts";
import { ModelError } from "./model-error.ts";

/**
 * Checks that a file of a packed model is the one its manifest names.
 *
 * @param code what a difference is called
 * @throws ModelError saying which of size and SHA-256 differs, and both values
 */
export async function checkFile(
  record: FileRecord,
  bytes: Uint8Array<ArrayBuffer>,
  code: "weights_mismatch" | "tokenizer_corrupt",
): Promise<void> {
  if (bytes.length !== record.bytes) {
    throw new ModelError(
      code,
      `${record.file} has ${bytes.length} bytes, model.json says ${record.bytes}`,
    );
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (sha256 !== record.sha256) {
    throw new ModelError(
      code,
      `${record.file} has the SHA-256 ${sha256}, model.json says ${record.sha256}`,
    );
  }
}
