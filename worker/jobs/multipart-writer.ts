/** Writes an object whose size is not known beforehand, holding one part of it at a time. */

/** R2 wants all parts but the last to be equally long, at least 5 MiB, and at most 10,000: 80 GB are in reach. */
export const PART_BYTES = 8 * 1024 * 1024;

export interface MultipartWriter {
  /** Copies the bytes; may be called again once it has resolved. */
  write(bytes: Uint8Array): Promise<void>;
  /** The object is there once this has resolved, and not before. */
  close(): Promise<{ etag: string; bytes: number }>;
  /** Drops what was written; an object that stood under the key stays. Nothing after {@link close} or a failure. */
  abort(): Promise<void>;
}

/**
 * An object of at most one part is put at once. If the bucket fails, `write` and `close` abort the upload and throw.
 *
 * @param partBytes - For tests
 */
export function multipartWriter(
  bucket: R2Bucket,
  key: string,
  partBytes = PART_BYTES,
): MultipartWriter {
  let part = new Uint8Array(Math.min(64 * 1024, partBytes));
  let filled = 0;
  let written = 0;
  let upload: R2MultipartUpload | undefined;
  const parts: R2UploadedPart[] = [];
  return { write, close, abort };

  async function write(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length;) {
      if (filled === partBytes) await abortingOnFailure(uploadPart);
      const taken = Math.min(bytes.length - offset, partBytes - filled);
      reserve(filled + taken);
      part.set(bytes.subarray(offset, offset + taken), filled);
      filled += taken;
      offset += taken;
    }
    written += bytes.length;
  }

  function close(): Promise<{ etag: string; bytes: number }> {
    return abortingOnFailure(async () => {
      if (upload === undefined) {
        const { etag } = (await bucket.put(key, part.subarray(0, filled)))!;
        return { etag, bytes: written };
      }
      await uploadPart();
      const { etag } = await upload.complete(parts);
      upload = undefined;
      return { etag, bytes: written };
    });
  }

  async function abort(): Promise<void> {
    const aborted = upload;
    upload = undefined;
    await aborted?.abort();
  }

  async function uploadPart(): Promise<void> {
    upload ??= await bucket.createMultipartUpload(key);
    parts.push(await upload.uploadPart(parts.length + 1, part.subarray(0, filled)));
    filled = 0;
  }

  function reserve(length: number): void {
    if (length <= part.length) return;
    const larger = new Uint8Array(Math.min(partBytes, Math.max(length, 2 * part.length)));
    larger.set(part.subarray(0, filled));
    part = larger;
  }

  async function abortingOnFailure<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      // The upload's failure is the one to tell.
      await abort().catch(() => undefined);
      throw error;
    }
  }
}
