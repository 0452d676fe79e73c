/** Reads the files of a packed model, from the cache where they are kept. */
import type { PackedModel } from "../../engine/index.ts";
import type { FileRecord } from "../../engine/manifest.ts";
import { verifiedManifest } from "../../engine/manifest-digest.ts";
import { ModelError } from "../../engine/model-error.ts";
import { keep, kept, type CacheKey } from "./model-cache.ts";
import type { OpenFile, ModelSource } from "./model-source.ts";
import type { LocalClientOptions } from "./options.ts";

const MANIFEST_FILE = "model.json";

export interface ReadModel extends PackedModel {
  /** Whether some of it came from the cache. */
  fromCache: boolean;
  /** Keeps in the cache what came from elsewhere; to be called when the engine has found the files right. */
  keep(): Promise<void>;
}

/** @param readKept - Whether files that are kept in the cache are read from there. */
export async function readModel(
  { open, url }: ModelSource,
  { onProgress, signal, cache = true }: Pick<LocalClientOptions, "onProgress" | "signal" | "cache">,
  readKept: boolean,
): Promise<ReadModel> {
  const keyOf = (file: string, sha256?: string): CacheKey | null =>
    cache && url ? { url: new URL(file, url), ...(sha256 !== undefined && { sha256 }) } : null;
  const fresh: [CacheKey, Uint8Array<ArrayBuffer>][] = [];
  let fromCache = false;

  const manifestKey = keyOf(MANIFEST_FILE);
  const text = await readManifest(open, manifestKey, signal);
  const manifest = await verifiedManifest(parseJson(text));
  if (manifestKey)
    fresh.push([manifestKey, new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>]);

  const { tokenizer, weights } = manifest;
  const totalBytes = tokenizer.bytes + weights.bytes;
  let loadedBytes = 0;
  const onBytes = (bytes: number): void => {
    loadedBytes += bytes;
    onProgress?.({ loadedBytes, totalBytes });
  };
  const read = async (record: FileRecord): Promise<Uint8Array<ArrayBuffer>> => {
    const key = keyOf(record.file, record.sha256);
    const own = key && readKept ? await kept(key) : undefined;
    if (own) fromCache = true;
    const bytes = await readAll(own ?? (await open(record.file, signal)), record, onBytes);
    if (key && !own) fresh.push([key, bytes]);
    return bytes;
  };
  const files = await Promise.all([read(weights), read(tokenizer)]);
  return {
    manifest,
    weights: files[0],
    tokenizer: new TextDecoder().decode(files[1]),
    fromCache,
    keep: async () => {
      for (const [key, bytes] of fresh) await keep(key, bytes);
    },
  };
}

/** The text of model.json; if it cannot be had, as without a network, the one that was kept. */
async function readManifest(
  open: OpenFile,
  key: CacheKey | null,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return await textOf(await open(MANIFEST_FILE, signal));
  } catch (error) {
    const own = key && error instanceof TypeError ? await kept(key) : undefined;
    if (!own) throw error;
    return own.text();
  }
}

/** All bytes of a file. What is not as long as its record says is left for the engine to refuse. */
async function readAll(
  file: Uint8Array | Response,
  record: FileRecord,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  if (file instanceof Uint8Array) {
    onBytes(file.length);
    return file as Uint8Array<ArrayBuffer>;
  }
  const bytes = new Uint8Array(record.bytes);
  let filled = 0;
  const reader = (file.body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, filled);
    if (filled + value.length > bytes.length) {
      await reader.cancel();
      throw new ModelError(
        "weights_mismatch",
        `${record.file} has more than the ${record.bytes} bytes that model.json says`,
      );
    }
    bytes.set(value, filled);
    filled += value.length;
    onBytes(value.length);
  }
}

async function textOf(file: Uint8Array | Response): Promise<string> {
  return file instanceof Uint8Array ? new TextDecoder().decode(file) : file.text();
}

/** Servers of single-page applications answer any address with a page. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ModelError("manifest_invalid", `${MANIFEST_FILE} is not JSON`);
  }
}
